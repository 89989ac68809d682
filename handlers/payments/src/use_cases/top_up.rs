//! Money comes into a wallet. The sandbox bank always has it, at once.

use outbox::Tx;
use serde::{Deserialize, Serialize};
use service::database::now;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, TopUpId, TransferId, UserId};

use super::once::{Request, answer, once};
use crate::domain::{BANK_CLEARING, CompletedTopUp, Transfer, TransferCode};
use crate::error::Error;
use crate::store::idempotency_keys::Answer;
use crate::{App, store};

/// How much to bring in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopUp {
    amount: Money,
}

/// A completed top-up.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopUpBody {
    top_up_id: TopUpId,
    amount: Money,
    #[serde(with = "time::serde::rfc3339")]
    completed_at: OffsetDateTime,
}

pub(crate) async fn top_up(
    app: &App,
    user_id: UserId,
    key: &IdempotencyKey,
    input: &TopUp,
) -> Result<Answer, Error> {
    // Never closed, so this only waits.
    let _turn = app.top_up_turns.acquire().await;
    let request = Request { caller: user_id, key, operation: "top_up", input };
    once(app, request, &(user_id, input.amount), |app, tx, (user_id, amount)| {
        Box::pin(credit_wallet(app, tx, *user_id, *amount))
    })
    .await
}

async fn credit_wallet(
    app: &App,
    tx: &mut Tx,
    user_id: UserId,
    amount: Money,
) -> Result<Answer, Error> {
    let top_up = CompletedTopUp { id: TopUpId::new(), user_id, amount, completed_at: now() };
    let mut ledger = store::ledger::lock_accounts(tx, &[BANK_CLEARING, user_id.uuid()]).await?;
    ledger.account(user_id.uuid()).ok_or(Error::NoWallet)?;
    ledger.post(Transfer {
        id: TransferId::new(),
        debit: BANK_CLEARING,
        credit: user_id.uuid(),
        amount,
        code: TransferCode::TopUp(top_up.id),
        at: top_up.completed_at,
    })?;
    store::ledger::write_ledger(tx, &ledger).await?;
    let event = app.outbox.envelope(user_id.to_string(), &top_up.completed_event())?;
    app.outbox.append(tx, &[event]).await?;
    let CompletedTopUp { id, amount, completed_at, .. } = top_up;
    answer(201, &TopUpBody { top_up_id: id, amount, completed_at })
}
