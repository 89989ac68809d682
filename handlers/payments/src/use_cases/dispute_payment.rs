//! A payer disputes a payment to a shop. The same again, while it is open, is the same dispute:
//! this needs no key.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, retry_lock_conflicts};
use time::Duration;
use utoipa::ToSchema;
use values::{
    BusinessId, DisputeId, Money, NO_BUSINESS, OperationKind, PaymentId, Reason, RefundId,
    Statement, Timestamp,
};

use crate::domain::{DecisionStatus, Dispute, DisputeReason, DisputeStatus, NO_PAYMENT, NO_WALLET};
use crate::{App, store};

/// What the payer wants back, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputePayment {
    /// At most what was paid and not refunded.
    amount: Money,
    reason: DisputeReason,
    /// What happened, in the payer's words, which the shop reads.
    statement: Statement,
}

/// A dispute, as both sides see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeBody {
    dispute_id: DisputeId,
    payment_id: PaymentId,
    business_id: BusinessId,
    /// What the payer wants back.
    amount: Money,
    reason: DisputeReason,
    /// What the payer says.
    statement: Statement,
    /// What the shop says; null if nothing.
    answer: Option<Statement>,
    status: DisputeStatus,
    /// Of an open dispute: until when the shop can answer. Then it is decided without it.
    answer_before: Option<Timestamp>,
    /// Why staff have decided so; null if they have not.
    ruling: Option<Reason>,
    /// The refund that ended it; null if none did, or if the shop had given it back before.
    refund_id: Option<RefundId>,
    opened_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl From<Dispute> for DisputeBody {
    fn from(dispute: Dispute) -> Self {
        let is_open = dispute.status == DisputeStatus::Open;
        let decided =
            dispute.ruling.filter(|ruling| ruling.decision.status == DecisionStatus::Approved);
        Self {
            dispute_id: dispute.id,
            payment_id: dispute.payment_id,
            business_id: dispute.business_id,
            amount: dispute.amount,
            reason: dispute.reason,
            statement: dispute.statement,
            answer: dispute.answer,
            status: dispute.status,
            answer_before: dispute.due_at.filter(|_| is_open).map(Timestamp::from),
            ruling: decided.map(|ruling| ruling.decision.reason),
            refund_id: dispute.refund_id,
            opened_at: dispute.opened_at.into(),
            ended_at: dispute.ended_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn dispute_payment(
    app: App,
    Id(payment_id): Id<PaymentId>,
    payer: Consumer,
    trace: TraceContext,
    Json(input): Json<DisputePayment>,
) -> Result<Json<DisputeBody>, Error> {
    let open = || open(&app, payment_id, &payer, trace, &input);
    let dispute = retry_lock_conflicts(open).await?;
    Ok(Json(dispute.into()))
}

async fn open(
    app: &App,
    payment_id: PaymentId,
    payer: &Consumer,
    trace: TraceContext,
    input: &DisputePayment,
) -> Result<Dispute, Error> {
    let mut tx = app.database.begin().await?;
    let (payment, disputes) = store::disputes::lock_payment(&mut tx, payment_id).await?;
    let payment = payment
        .filter(|payment| payment.kind == OperationKind::Payment)
        .filter(|payment| payment.from.account_id == payer.user_id.uuid())
        .ok_or(NO_PAYMENT)?;
    let is_same = |before: &Dispute| {
        before.status == DisputeStatus::Open
            && (before.amount, before.reason, &before.statement)
                == (input.amount, input.reason, &input.statement)
    };
    if let Some(same) = disputes.iter().find(|before| is_same(before)) {
        return Ok(same.clone());
    }
    // After the payment, as in all batches. Whoever closes their wallet, or disputes more, waits.
    let wallet = store::ledger::lock_account(&mut tx, payer.user_id.uuid()).await?;
    wallet.ok_or(NO_WALLET)?.require_not_closed()?;
    let since = now().saturating_sub(Duration::days(1));
    let recent = store::disputes::count_recent(&mut tx, payer.user_id, since).await?;
    Dispute::require_another(&disputes, recent)?;
    let DisputePayment { amount, reason, statement } = input;
    let dispute = Dispute::open(&payment, *amount, *reason, statement.clone(), now())?;
    let shop = store::read_models::find_shop(&mut tx, dispute.business_id).await?;
    let event = dispute.changed_event(&shop.ok_or(NO_BUSINESS)?);
    store::disputes::save_dispute(&mut tx, &dispute).await?;
    let event = app.outbox.envelope(trace, dispute.payment_id.to_string(), &event)?;
    app.outbox.append(&mut tx, &[event]).await?;
    app.outbox.commit(tx).await?;
    Ok(dispute)
}
