//! What the bank has done with a withdrawal, which an operator says while no bank is connected, or
//! where it does not answer. Saying it twice is the same as saying it once.

use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use values::WithdrawalId;

use super::follow_bank::ask_bank;
use super::withdraw_money::WithdrawalBody;
use crate::domain::operations::{EndWithdrawal, WithdrawalEnd};
use crate::domain::{NO_WITHDRAWAL, Word};
use crate::store::bank_instructions::find_report;
use crate::{App, store};

pub(crate) async fn settle_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<WithdrawalBody>, Error> {
    end(&app, id, WithdrawalEnd::Paid, word, trace).await
}

pub(crate) async fn refuse_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<WithdrawalBody>, Error> {
    end(&app, id, WithdrawalEnd::Refused, word, trace).await
}

/// The bank itself is asked before, so that an operator's word counts only if it has none; what the
/// bank is still deciding is refused under the operation's lock. The bank account never changes, so
/// it may be read before.
async fn end(
    app: &App,
    withdrawal_id: WithdrawalId,
    outcome: WithdrawalEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<WithdrawalBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::withdrawals::find_withdrawal(&mut conn, withdrawal_id).await?;
    let (_, bank_account) = found.ok_or(NO_WITHDRAWAL)?;
    drop(conn);
    ask_bank(app, withdrawal_id.uuid(), trace).await?;
    let end = EndWithdrawal { withdrawal_id, outcome, word: Some(word) };
    let done = app.group_commit.submit(end, None, trace).await?;
    let report = find_report(&mut app.database.conn().await?, done.record.id).await?;
    Ok(Json(WithdrawalBody::of(&done.record, &bank_account, report)))
}
