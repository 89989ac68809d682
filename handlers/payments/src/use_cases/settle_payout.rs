//! What the bank has done with a withdrawal, a settlement or a payment by FPS, which an operator
//! says while no bank is connected, or where it does not answer. Saying it twice is the same as
//! saying it once.

use service::trace::TraceContext;
use service::{Error, FunctionKey, Id, Json};
use values::{BusinessId, FpsPaymentId, SettlementId, WithdrawalId};

use super::follow_bank::ask_bank;
use super::list_settlements::SettlementBody;
use super::pay_by_fps::FpsPaymentBody;
use super::withdraw_money::WithdrawalBody;
use crate::domain::operations::{EndPayout, Payout, PayoutEnd};
use crate::domain::{
    BankReport, NO_FPS_PAYMENT, NO_SETTLEMENT, NO_WITHDRAWAL, Operation, Voice, Word,
};
use crate::store::bank_instructions::find_report;
use crate::store::held_payments::find_held_status;
use crate::{App, store};

pub(crate) async fn settle_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<WithdrawalBody>, Error> {
    end_withdrawal(&app, id, PayoutEnd::Paid, word, trace).await
}

pub(crate) async fn refuse_withdrawal(
    app: App,
    Id(id): Id<WithdrawalId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<WithdrawalBody>, Error> {
    end_withdrawal(&app, id, PayoutEnd::Refused, word, trace).await
}

pub(crate) async fn settle_fps_payment(
    app: App,
    Id(id): Id<FpsPaymentId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<FpsPaymentBody>, Error> {
    end_fps_payment(&app, id, PayoutEnd::Paid, word, trace).await
}

pub(crate) async fn refuse_fps_payment(
    app: App,
    Id(id): Id<FpsPaymentId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<FpsPaymentBody>, Error> {
    end_fps_payment(&app, id, PayoutEnd::Refused, word, trace).await
}

pub(crate) async fn settle_settlement(
    app: App,
    Id(id): Id<SettlementId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<SettlementBody>, Error> {
    end_settlement(&app, id, PayoutEnd::Paid, word, trace).await
}

pub(crate) async fn refuse_settlement(
    app: App,
    Id(id): Id<SettlementId>,
    _: FunctionKey,
    trace: TraceContext,
    Json(word): Json<Word>,
) -> Result<Json<SettlementBody>, Error> {
    end_settlement(&app, id, PayoutEnd::Refused, word, trace).await
}

async fn end_settlement(
    app: &App,
    id: SettlementId,
    outcome: PayoutEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<SettlementBody>, Error> {
    let (ended, _) = end(app, Payout::Settlement(id), outcome, word, trace).await?;
    let business_id = BusinessId::from_uuid(ended.from.account_id);
    let mut conn = app.database.conn().await?;
    let found = store::settlements::find_settlement(&mut conn, business_id, id).await?;
    Ok(Json(SettlementBody::from(found.ok_or(NO_SETTLEMENT)?)))
}

/// The bank account never changes, so it may be read before.
async fn end_withdrawal(
    app: &App,
    id: WithdrawalId,
    outcome: PayoutEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<WithdrawalBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::withdrawals::find_withdrawal(&mut conn, id).await?;
    let (_, bank_account) = found.ok_or(NO_WITHDRAWAL)?;
    drop(conn);
    let (ended, report) = end(app, Payout::Withdrawal(id), outcome, word, trace).await?;
    Ok(Json(WithdrawalBody::of(&ended, &bank_account, report)))
}

/// Nor does whom it pays.
async fn end_fps_payment(
    app: &App,
    id: FpsPaymentId,
    outcome: PayoutEnd,
    word: Word,
    trace: TraceContext,
) -> Result<Json<FpsPaymentBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::fps_payments::find_fps_payment(&mut conn, id).await?;
    let (_, proxy) = found.ok_or(NO_FPS_PAYMENT)?;
    drop(conn);
    let (ended, report) = end(app, Payout::Fps(id), outcome, word, trace).await?;
    let held = find_held_status(&mut app.database.conn().await?, ended.id).await?;
    Ok(Json(FpsPaymentBody::of(ended, &proxy, report, held)))
}

/// The bank itself is asked before, so that an operator's word counts only if it has none; what the
/// bank is still deciding is refused under the operation's lock.
async fn end(
    app: &App,
    payout: Payout,
    outcome: PayoutEnd,
    word: Word,
    trace: TraceContext,
) -> Result<(Operation, Option<BankReport>), Error> {
    ask_bank(app, payout.operation_id(), trace).await?;
    let end = EndPayout { payout, outcome, by: Voice::Operator(word) };
    let done = app.group_commit.submit(end, None, trace).await?;
    let report = find_report(&mut app.database.conn().await?, done.record.id).await?;
    Ok((done.record, report))
}
