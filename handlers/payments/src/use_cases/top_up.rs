//! Money comes into a wallet. The sandbox bank always has it, at once.

use events::payments::TopUpCompletedV1;
use outbox::Tx;
use serde::{Deserialize, Serialize};
use service::database;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use values::{IdempotencyKey, Money, TopUpId, TransferId, UserId};

use super::once::{Request, answer, once};
use crate::domain::{BANK_CLEARING, Transfer, TransferCode};
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
    let (top_up_id, now) = (TopUpId::new(), database::now());
    let mut ledger = store::ledger::lock_accounts(tx, &[BANK_CLEARING, user_id.uuid()]).await?;
    ledger.account(user_id.uuid()).ok_or(Error::NoWallet)?;
    ledger.post(Transfer {
        id: TransferId::new(),
        debit: BANK_CLEARING,
        credit: user_id.uuid(),
        amount,
        code: TransferCode::TopUp(top_up_id),
        at: now,
    })?;
    store::ledger::write_ledger(tx, &ledger).await?;
    let completed = TopUpCompletedV1 {
        top_up_id: top_up_id.to_string(),
        user_id: user_id.to_string(),
        amount: amount.minor_units(),
        currency: amount.currency().code().to_owned(),
        completed_at: now.format(&Rfc3339).unwrap_or_default(),
    };
    let event = app.outbox.envelope(user_id.to_string(), &completed)?;
    app.outbox.append(tx, &[event]).await?;
    answer(201, &TopUpBody { top_up_id, amount, completed_at: now })
}
