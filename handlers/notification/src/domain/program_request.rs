//! A payment request of a shop's program, and how the program is told that it has ended.

use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use values::{
    ApiClientId, BusinessId, Money, PaymentId, PaymentRequestId, RequestStatus, WebhookEndpointId,
};

use super::webhook_url::WebhookUrl;

/// What is known of it since it was made.
pub(crate) struct ProgramRequest {
    pub(crate) id: PaymentRequestId,
    /// The credential by which it was made.
    pub(crate) client_id: ApiClientId,
    pub(crate) business_id: BusinessId,
    /// Where the program wants to be told.
    pub(crate) url: WebhookUrl,
    pub(crate) order_id: Option<String>,
    pub(crate) amount: Money,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
}

/// The fields that a read of the request by the merchant API has, but for its addresses, and two
/// that only a notice has: no line of the header that is signed says which notice it is, or of
/// when.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended<'a> {
    /// The id of the event: the same however often it is sent.
    notice_id: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    ended_time: OffsetDateTime,
    payment_request_id: PaymentRequestId,
    total_amount: Box<RawValue>,
    currency_code: &'static str,
    status_code: &'static str,
    status_description: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    created_time: OffsetDateTime,
    /// Seconds.
    effective_duration: i64,
    order_id: Option<&'a str>,
    transactions: Vec<Transaction<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'a> {
    transaction_id: PaymentId,
    payment_request_id: PaymentRequestId,
    order_id: Option<&'a str>,
    amount: Box<RawValue>,
    currency_code: &'static str,
    refunded_amount: Box<RawValue>,
    #[serde(with = "time::serde::rfc3339")]
    transaction_time: OffsetDateTime,
}

impl ProgramRequest {
    /// The endpoint of all that is sent to the programs of a credential: they wait for each other
    /// and for nobody else.
    pub(crate) fn endpoint_id(&self) -> WebhookEndpointId {
        WebhookEndpointId::from_uuid(self.client_id.uuid())
    }

    /// The body that is signed and sent, at each try the same. What programs ask for is captured at
    /// once, so what was paid is the amount that it asked for.
    pub(crate) fn payload(
        &self,
        notice_id: &str,
        status: RequestStatus,
        payment_id: Option<PaymentId>,
        ended_at: OffsetDateTime,
    ) -> Result<String, serde_json::Error> {
        let order_id = self.order_id.as_deref();
        let currency_code = self.amount.currency().code();
        let transaction = |transaction_id| -> Result<Transaction<'_>, serde_json::Error> {
            Ok(Transaction {
                transaction_id,
                payment_request_id: self.id,
                order_id,
                amount: RawValue::from_string(self.amount.decimal())?,
                currency_code,
                refunded_amount: RawValue::from_string("0.00".to_owned())?,
                transaction_time: ended_at,
            })
        };
        let (status_code, status_description) = status.merchant_status();
        let lifetime = self.expires_at.unix_timestamp();
        serde_json::to_string(&Ended {
            notice_id,
            ended_time: ended_at,
            payment_request_id: self.id,
            total_amount: RawValue::from_string(self.amount.decimal())?,
            currency_code,
            status_code,
            status_description,
            created_time: self.created_at,
            effective_duration: lifetime.saturating_sub(self.created_at.unix_timestamp()),
            order_id,
            transactions: payment_id.into_iter().map(transaction).collect::<Result<_, _>>()?,
        })
    }
}
