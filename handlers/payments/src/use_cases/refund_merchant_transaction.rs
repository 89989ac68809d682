//! A program gives a payment of its shop back: all of it or a part. It is a refund like any other,
//! held to the policy of step-up by what the credential's maker had shown.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use service::trace::TraceContext;
use service::{Error, Keyed, WholeRequest};
use values::{Money, Note, OperationKind, PaymentId, RefundId, UserId};
use warp::http::StatusCode;
use warp::reply::Response;

use super::create_merchant_request::{amount, number};
use crate::domain::operations::RefundPayment;
use crate::domain::{ApiCredential, ApiScope, NO_PAYMENT, Operation};
use crate::merchant_call::{Complaint, MerchantAnswer, MerchantCall, answer_signed};
use crate::{App, store};

/// How much, and why. `reasonCode` says nothing that is kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    amount: Box<RawValue>,
    currency_code: String,
    reason_message: Option<String>,
}

/// A completed refund, as a program reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MerchantRefund {
    refund_id: RefundId,
    transaction_id: PaymentId,
    amount: Box<RawValue>,
    currency_code: &'static str,
    reason_message: Option<Note>,
}

pub(crate) async fn refund_merchant_transaction(app: App, request: WholeRequest) -> Response {
    answer_signed(app, request, ApiScope::Refunds, refund).await
}

async fn refund(app: App, call: MerchantCall) -> Result<MerchantAnswer, Complaint> {
    let wanted: Wanted = serde_json::from_slice(&call.body).map_err(Complaint::malformed)?;
    let amount = amount(&wanted.amount, &wanted.currency_code)?;
    let message = wanted.reason_message.filter(|message| !message.is_empty());
    let note = message.map(Note::try_from).transpose().map_err(Complaint::malformed)?;
    let payment_id: PaymentId = call.id.parse().map_err(|_| NO_PAYMENT)?;
    let business_id = call.credential.business_id;
    let input = (payment_id, amount, &note);
    let keyed = Keyed::new(business_id.uuid(), &call.key, "refund_merchant_transaction", &input)?;
    let given = Given { payment_id, amount, note };
    let by = (call.owner, &call.credential);
    let (refund, _) = give_back(&app, by, given, &keyed, call.trace).await?;
    let answer = MerchantRefund {
        refund_id: refund.refund_id(),
        transaction_id: payment_id,
        amount: number(refund.amount.decimal())?,
        currency_code: refund.amount.currency().code(),
        reason_message: refund.note,
    };
    MerchantAnswer::new(StatusCode::CREATED, &answer)
}

/// What of which payment, in the shop's words.
pub(super) struct Given {
    pub(super) payment_id: PaymentId,
    pub(super) amount: Money,
    pub(super) note: Option<Note>,
}

/// The refund by a program of its shop's owner, and whether it was made before under this key.
pub(super) async fn give_back(
    app: &App,
    (owner, credential): (UserId, &ApiCredential),
    Given { payment_id, amount, note }: Given,
    keyed: &Keyed,
    trace: TraceContext,
) -> Result<(Operation, bool), Error> {
    let business_id = credential.business_id;
    let mut conn = app.database.conn().await?;
    let payment = store::operations::find_operation(&mut conn, payment_id.uuid()).await?;
    drop(conn);
    payment
        .filter(|payment| payment.kind == OperationKind::Payment)
        .filter(|payment| payment.to.account_id == business_id.uuid())
        .ok_or(NO_PAYMENT)?;
    let refund = RefundPayment {
        payment_id,
        business_id,
        by: owner,
        created_by: None,
        amount,
        note,
        disputed_after: None,
        level: credential.shown_level,
    };
    let done = app.group_commit.submit(refund, Some(keyed), trace).await?;
    Ok((done.record, done.is_repeat))
}
