//! What the bank has done with a withdrawal, which an operator says until a bank is connected.
//! Saying it twice is the same as saying it once.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Operator, Reason, WithdrawalId};

use super::withdraw_money::WithdrawalBody;
use crate::domain::operations::{EndWithdrawal, WithdrawalEnd};
use crate::domain::{NO_WITHDRAWAL, Word};
use crate::{App, store};

/// On whose word the bank has paid all of it out, or has taken nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleWithdrawal {
    reason: Reason,
    operator: Operator,
}

pub(crate) async fn settle_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(input): Json<SettleWithdrawal>,
) -> Result<Json<WithdrawalBody>, Error> {
    end(&app, id, WithdrawalEnd::Paid, input, trace).await
}

pub(crate) async fn refuse_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(input): Json<SettleWithdrawal>,
) -> Result<Json<WithdrawalBody>, Error> {
    end(&app, id, WithdrawalEnd::Refused, input, trace).await
}

/// The bank account never changes, so it may be read before.
async fn end(
    app: &App,
    withdrawal_id: WithdrawalId,
    outcome: WithdrawalEnd,
    input: SettleWithdrawal,
    trace: TraceContext,
) -> Result<Json<WithdrawalBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::withdrawals::find_withdrawal(&mut conn, withdrawal_id).await?;
    let (_, bank_account) = found.ok_or(NO_WITHDRAWAL)?;
    drop(conn);
    let word = Word { operator: input.operator, reason: input.reason };
    let end = EndWithdrawal { withdrawal_id, outcome, word };
    let done = app.group_commit.submit(end, None, trace).await?;
    Ok(Json(WithdrawalBody::of(&done.record, &bank_account)))
}
