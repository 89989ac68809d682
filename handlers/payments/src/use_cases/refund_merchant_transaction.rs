//! A program gives a payment of its shop back: all of it or a part. It is a refund like any other,
//! held to the policy of step-up by what the credential's maker had shown.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use service::{Keyed, WholeRequest};
use values::{Note, PaymentId, RefundId};
use warp::http::StatusCode;
use warp::reply::Response;

use super::create_merchant_request::{amount, number};
use crate::domain::operations::RefundPayment;
use crate::domain::{ApiScope, NO_PAYMENT, OperationKind};
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
    let mut conn = app.database.conn().await?;
    let payment = store::operations::find_operation(&mut conn, payment_id.uuid()).await?;
    drop(conn);
    payment
        .filter(|payment| payment.kind == OperationKind::Payment)
        .filter(|payment| payment.to.account_id == business_id.uuid())
        .ok_or(NO_PAYMENT)?;

    let input = (payment_id, amount, &note);
    let keyed = Keyed::new(business_id.uuid(), &call.key, "refund_merchant_transaction", &input)?;
    let refund = RefundPayment {
        payment_id,
        business_id,
        by: call.owner,
        created_by: None,
        amount,
        note,
        disputed_after: None,
        level: call.credential.shown_level,
    };
    let refund = app.group_commit.submit(refund, Some(&keyed), call.trace).await?.record;
    let answer = MerchantRefund {
        refund_id: refund.refund_id(),
        transaction_id: payment_id,
        amount: number(refund.amount.decimal())?,
        currency_code: refund.amount.currency().code(),
        reason_message: refund.note,
    };
    MerchantAnswer::new(StatusCode::CREATED, &answer)
}
