//! A person pays somebody at another bank or wallet, by the Faster Payment System.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, Written};
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, FpsPayeeId, FpsPaymentId, FpsProxy, FpsProxyType,
    IdempotencyKey, Money, OperationTerms, Reference, Timestamp, code_enum,
};

use super::check_confirmation::{Proof, check_confirmation};
use super::follow_bank::tell_bank;
use crate::App;
use crate::domain::operations;
use crate::domain::{
    AcceptedWarning, BankReason, BankReport, BankStatus, HeldStatus, NO_FPS_PAYEE, Operation,
    OperationState, PayeeWarningReason,
};
use crate::store::fps_payees::find_fps_payee_of;
use crate::store::held_payments::find_held_status;

/// How much goes to whom, as the payer saw it, and the proof that they agreed to it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayByFps {
    /// Whom the payer has looked up.
    fps_payee_id: FpsPayeeId,
    amount: Money,
    /// The reason of the warning of the payee that the payer has read, if they go on; absent or
    /// null if there was none. It is kept with the payment, and is not part of the proof.
    accepted_warning: Option<PayeeWarningReason>,
    /// Of an `fps-payment` whose payee is the payer, and whose reference is the payee's
    /// `confirmation_reference`.
    confirmation: Proof,
}

/// A payment by FPS. While it is `held` or `pending` its money is set aside: the wallet's balance
/// has it, and what is available has not.
#[derive(Serialize, ToSchema)]
pub(crate) struct FpsPaymentBody {
    fps_payment_id: FpsPaymentId,
    amount: Money,
    /// As the payee's bank has it.
    #[schema(example = "DEMO SHOP LTD")]
    payee_name: String,
    proxy_type: FpsProxyType,
    /// The last four characters of the proxy.
    #[schema(example = "4567")]
    proxy_ending: String,
    /// What the payee reads with it; null if nothing.
    reference: Option<Reference>,
    status: FpsPaymentStatus,
    /// What the bank has said last; null before.
    bank_status: Option<BankStatus>,
    /// Why the bank has rejected it; null unless it said why.
    bank_reason: Option<BankReason>,
    created_at: Timestamp,
    /// Until when a reviewer decides, or it is returned, while it is held; null otherwise.
    returns_at: Option<Timestamp>,
    /// When the bank's answer came, or it was returned; null until then.
    ended_at: Option<Timestamp>,
}

code_enum! {
    /// Where a payment by FPS stands.
    pub(crate) enum FpsPaymentStatus {
        /// The bank is not told before a reviewer has looked at it.
        Held = "held",
        /// The bank is to pay it, and has not said yet what became of it.
        Pending = "pending",
        /// The payee's bank has the money.
        Completed = "completed",
        /// The payee's bank did not take the money, and the wallet has it again.
        Failed = "failed",
        /// It was held, and the wallet has the money again.
        Returned = "returned",
    }
}

impl FpsPaymentStatus {
    /// Of one that is held, or was, it is known what became of that.
    const fn of(state: OperationState, held: Option<HeldStatus>) -> Self {
        match (held, state) {
            (Some(HeldStatus::Held), _) => Self::Held,
            (Some(HeldStatus::Returned), _) => Self::Returned,
            (_, OperationState::Pending) => Self::Pending,
            (_, OperationState::Completed) => Self::Completed,
            (_, OperationState::Failed | OperationState::Expired) => Self::Failed,
        }
    }
}

/// By what FPS knows somebody, as everybody else reads it.
#[derive(Serialize, ToSchema)]
pub(super) struct MaskedFpsProxyBody {
    proxy_type: FpsProxyType,
    /// The last four characters of the proxy.
    #[schema(example = "4567")]
    proxy_ending: String,
}

impl From<&FpsProxy> for MaskedFpsProxyBody {
    fn from(proxy: &FpsProxy) -> Self {
        Self { proxy_type: proxy.proxy_type(), proxy_ending: proxy.ending().to_owned() }
    }
}

impl Resource for FpsPaymentBody {
    const LOCATION: &'static str = "/api/v1/fps-payments/{fps_payment_id}";
}

impl FpsPaymentBody {
    pub(super) fn of(
        payment: Operation,
        proxy: &FpsProxy,
        report: Option<BankReport>,
        held: Option<HeldStatus>,
    ) -> Self {
        let status = FpsPaymentStatus::of(payment.state, held);
        let returns_at = payment.expires_at.filter(|_| status == FpsPaymentStatus::Held);
        Self {
            fps_payment_id: payment.fps_payment_id(),
            amount: payment.amount,
            payee_name: payment.to.name,
            proxy_type: proxy.proxy_type(),
            proxy_ending: proxy.ending().to_owned(),
            reference: payment.reference,
            status,
            bank_status: report.map(|report| report.status),
            bank_reason: report.and_then(|report| report.reason),
            created_at: payment.created_at.into(),
            returns_at: returns_at.map(Timestamp::from),
            ended_at: payment.ended_at.map(Timestamp::from),
        }
    }
}

/// By a payee who was looked up too long ago nothing is paid but what is a repeat.
pub(crate) async fn pay_by_fps(
    app: App,
    consumer: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<PayByFps>,
) -> Result<Written<Recorded<FpsPaymentBody>>, Error> {
    let PayByFps { fps_payee_id, amount, accepted_warning, confirmation } = input;
    let user_id = consumer.user_id;
    let mut conn = app.database.conn().await?;
    let found = find_fps_payee_of(&mut conn, fps_payee_id, user_id).await?;
    drop(conn);
    let payee = found.ok_or(NO_FPS_PAYEE)?;
    let reference = payee.reference().ok_or_else(|| Error::internal("no reference"))?;
    let terms = OperationTerms {
        kind: ConfirmableKind::FpsPayment,
        payer: user_id,
        payee: AccountId::User(user_id),
        amount,
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(reference),
        idempotency_key: key.clone(),
    };
    let confirmed = check_confirmation(&app, &consumer, &terms, confirmation).await?;
    // Without the proof, as in `send_money`.
    let keyed = Keyed::new(user_id.uuid(), &key, "pay_by_fps", &terms)?;
    let proxy = payee.proxy.clone();
    let accepted = |reason| AcceptedWarning { reason, device_id: consumer.device_id };
    let wanted = operations::PayByFps {
        payee,
        amount,
        accepted_warning: accepted_warning.map(accepted),
        confirmed,
        is_new_device: consumer.limited_until.is_some(),
        is_instructed: app.bank.is_instructed(),
    };
    let begun = app.group_commit.submit(wanted, Some(&keyed), trace).await?;
    let (done, report) = tell_bank(&app, begun, trace).await?;
    let held = find_held_status(&mut app.database.conn().await?, done.record.id).await?;
    let body = FpsPaymentBody::of(done.record, &proxy, report, held);
    Ok(Written { answer: Recorded::of(&body, done.is_repeat)?, position: done.position })
}
