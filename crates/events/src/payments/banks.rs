//! Of what banks did not do, or are not told to do yet, and of a wallet that is closed.

use serde::{Deserialize, Serialize};

use crate::Event;

/// The bank gave no money for a top-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopUpFailedV1 {
    /// `top_…`
    pub top_up_id: String,
    /// `usr_…` of the wallet's owner.
    pub user_id: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `failed`; `expired` in old events, when a bank's silence still ended a top-up.
    pub state: String,
    /// RFC 3339 in UTC.
    pub failed_at: String,
}

impl Event for TopUpFailedV1 {
    const TYPE: &'static str = "payme.payments.top-up-failed.v1";
}

/// The bank did not take the money of a withdrawal, so it is in the wallet as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalFailedV1 {
    /// `wdr_…`
    pub withdrawal_id: String,
    /// `usr_…` of the wallet's owner.
    pub user_id: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339 in UTC.
    pub failed_at: String,
}

impl Event for WithdrawalFailedV1 {
    const TYPE: &'static str = "payme.payments.withdrawal-failed.v1";
}

/// A shop's takings were not paid out to its bank account: they stay in the shop's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementNotPaidV1 {
    /// `stl_…`
    pub settlement_id: String,
    /// `biz_…` of the shop.
    pub business_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// `usr_…` of who is told: the shop's owner.
    pub told_user_id: String,
    /// What is carried over, in minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `no-bank-account`, `not-approved`, `stopped` or `under-review`: it was not tried, and the
    /// settlement before had another reason; too little is not told. `bank-refused`: the bank did
    /// not take it, or was not told of it in time.
    pub reason: String,
    /// RFC 3339 in UTC.
    pub decided_at: String,
}

impl Event for SettlementNotPaidV1 {
    const TYPE: &'static str = "payme.payments.settlement-not-paid.v1";
}

/// The payee's bank did not take the money of a payment by FPS, so it is in the wallet as before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FpsPaymentFailedV1 {
    /// `fpay_…`
    pub fps_payment_id: String,
    /// `usr_…` of the wallet's owner.
    pub user_id: String,
    /// As the payee's bank has it. Personal data.
    pub payee_name: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339 in UTC.
    pub failed_at: String,
}

impl Event for FpsPaymentFailedV1 {
    const TYPE: &'static str = "payme.payments.fps-payment-failed.v1";
}

/// A payment by FPS waits for a reviewer, or its payer has the money again. That one was released
/// is told by the money that moved, or by the bank that did not take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FpsPaymentReviewChangedV1 {
    /// `fpay_…`
    pub fps_payment_id: String,
    /// `usr_…` of whose money is held.
    pub payer_user_id: String,
    /// As the payee's bank has it. Personal data.
    pub payee_name: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `held`, then `returned` or nothing more.
    pub status: String,
    /// RFC 3339 in UTC: until when it is decided, while it is held.
    pub decided_before: Option<String>,
}

impl Event for FpsPaymentReviewChangedV1 {
    const TYPE: &'static str = "payme.payments.fps-payment-review-changed.v1";
}

/// A person has closed their wallet, empty, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletClosedV1 {
    /// `usr_…` of its owner.
    pub user_id: String,
    /// RFC 3339 in UTC.
    pub closed_at: String,
}

impl Event for WalletClosedV1 {
    const TYPE: &'static str = "payme.payments.wallet-closed.v1";
}
