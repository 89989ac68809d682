//! Money comes into a wallet. The sandbox bank always has it, at once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, once};
use tokio::time::timeout;
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, Timestamp, TopUpId, UserId};

use crate::domain::{BANK_CLEARING, CompletedTopUp, NO_WALLET, Transfer, TransferCode};
use crate::{App, store};

/// How long a top-up waits for its turn: those in line take the places of payments.
const TURN_WAIT_MAX: Duration = Duration::from_secs(2);

/// How much to bring in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopUpWallet {
    amount: Money,
}

/// A completed top-up.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopUpBody {
    top_up_id: TopUpId,
    amount: Money,
    completed_at: Timestamp,
}

impl Resource for TopUpBody {
    const LOCATION: &'static str = "/api/v1/wallets/me/top-ups/{top_up_id}";
}

impl From<CompletedTopUp> for TopUpBody {
    fn from(top_up: CompletedTopUp) -> Self {
        let CompletedTopUp { id, amount, completed_at, .. } = top_up;
        Self { top_up_id: id, amount, completed_at: completed_at.into() }
    }
}

pub(crate) async fn top_up_wallet(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<TopUpWallet>,
) -> Result<Recorded<TopUpBody>, Error> {
    let user_id = consumer.user_id;
    let keyed = Keyed::new(user_id.uuid(), &key, "top_up_wallet", &input)?;
    let turn = timeout(TURN_WAIT_MAX, app.top_up_turns.acquire()).await;
    let _turn = turn.map_err(|_| Error::Unavailable("Many top up at the moment; try again."))?;
    let credit = |tx| credit_wallet(&app, tx, user_id, trace, input.amount);
    let topped_up = once(&app.database, &keyed, credit).await?;
    app.outbox.nudge();
    Ok(topped_up)
}

async fn credit_wallet(
    app: &App,
    mut tx: Tx,
    user_id: UserId,
    trace: TraceContext,
    amount: Money,
) -> Result<(Tx, TopUpBody), Error> {
    let accounts = [BANK_CLEARING, user_id.uuid()];
    let mut ledger = store::ledger::lock_accounts(&mut tx, &accounts).await?;
    ledger.account(user_id.uuid()).ok_or(NO_WALLET)?;
    // Only now, so that ids are in the order in which the wallet's owner sees them.
    let top_up = CompletedTopUp { id: TopUpId::new(), user_id, amount, completed_at: now() };
    ledger.post(Transfer {
        id: CompletedTopUp::transfer_id(top_up.id),
        debit: BANK_CLEARING,
        credit: user_id.uuid(),
        amount,
        code: TransferCode::TopUp(top_up.id),
        at: top_up.completed_at,
    })?;
    store::ledger::write_ledger(&mut tx, &ledger).await?;
    let event = app.outbox.envelope(trace, user_id.to_string(), &top_up.completed_event())?;
    app.outbox.append(&mut tx, &[event]).await?;
    Ok((tx, TopUpBody::from(top_up)))
}
