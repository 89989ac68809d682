//! Events of `payments`. Amounts are minor units (cents) of the ISO 4217 currency beside them.

use serde::{Deserialize, Serialize};

use crate::Event;

/// A shop asks to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequestCreatedV1 {
    /// `preq_…`
    pub payment_request_id: String,
    /// `biz_…` of the shop.
    pub business_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The shop's own words for the payer, empty if none.
    pub description: String,
    /// RFC 3339 in UTC; cannot be paid from then on.
    pub expires_at: String,
}

impl Event for PaymentRequestCreatedV1 {
    const TYPE: &'static str = "payme.payments.payment-request-created.v1";
}

/// A payment request can no longer be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequestClosedV1 {
    /// `preq_…`
    pub payment_request_id: String,
    /// `paid`, `cancelled` or `expired`.
    pub status: String,
}

impl Event for PaymentRequestClosedV1 {
    const TYPE: &'static str = "payme.payments.payment-request-closed.v1";
}

/// Money moved from a person to a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentCompletedV1 {
    /// `pay_…`
    pub payment_id: String,
    /// `preq_…`
    pub payment_request_id: String,
    /// `usr_…` of who paid.
    pub payer_user_id: String,
    /// The payer's display name, empty if none is known. Personal data.
    pub payer_name: String,
    /// `biz_…` of who was paid.
    pub business_id: String,
    /// `usr_…` of the shop's owner, who is notified.
    pub business_owner_user_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339 in UTC.
    pub completed_at: String,
}

impl Event for PaymentCompletedV1 {
    const TYPE: &'static str = "payme.payments.payment-completed.v1";
}

/// Money came into a wallet from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpCompletedV1 {
    /// `top_…`
    pub top_up_id: String,
    /// `usr_…` of the wallet's owner.
    pub user_id: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339 in UTC.
    pub completed_at: String,
}

impl Event for TopUpCompletedV1 {
    const TYPE: &'static str = "payme.payments.top-up-completed.v1";
}
