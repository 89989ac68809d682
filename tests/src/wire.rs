//! What the API answers, as a client reads it: the fields a phone uses, unknown ones ignored.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of Hong Kong dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Cents.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
}

impl Money {
    /// Hong Kong dollars from cents.
    pub fn hkd(cents: i64) -> Self {
        Self { amount: cents, currency: "HKD".to_owned() }
    }
}

impl fmt::Display for Money {
    /// As people read it: `HK$128.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, cents) = (self.amount.div_euclid(100), self.amount.rem_euclid(100));
        let sign = if self.currency == "HKD" { "HK$" } else { &self.currency };
        write!(f, "{sign}{dollars}.{cents:02}")
    }
}

/// What a sign-up or log-in gives.
#[derive(Debug, Clone, Deserialize)]
pub struct Tokens {
    /// `usr_…`
    pub user_id: String,
    /// `dev_…`
    pub device_id: String,
    /// The bearer token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Of the access token.
    pub expires_in_seconds: u64,
    /// Gives new tokens, once.
    pub refresh_token: String,
}

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Business {
    /// `biz_…`
    pub business_id: String,
    /// `usr_…`
    pub owner_user_id: String,
    /// The name that payers see.
    pub shop_name: String,
}

/// What a wallet or a shop holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wallet {
    /// What was received less what was spent.
    pub balance: Money,
    /// What can be spent now.
    pub available: Money,
}

/// Money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TopUp {
    /// `top_…`
    pub top_up_id: String,
    /// How much.
    pub amount: Money,
}

/// What a shop asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PaymentRequest {
    /// `preq_…`
    pub payment_request_id: String,
    /// `biz_…`
    pub business_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// How much.
    pub amount: Money,
    /// `open`, `paid`, `cancelled` or `expired`.
    pub status: String,
    /// Of the payment that paid it.
    pub payment_id: Option<String>,
}

/// What a scanned code says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Scan {
    /// `payment-request`, `shop` or `fps`.
    #[serde(rename = "type")]
    pub scan_type: String,
    /// `preq_…` of a payment request.
    pub payment_request_id: Option<String>,
    /// `biz_…` of one of our shops.
    pub business_id: Option<String>,
    /// The name that payers see.
    pub shop_name: Option<String>,
    /// How much, where the code says so.
    pub amount: Option<Money>,
    /// The payment request's status.
    pub status: Option<String>,
}

/// A completed payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Payment {
    /// `pay_…`
    pub payment_id: String,
    /// `preq_…`, unless a shop's own code was paid.
    pub payment_request_id: Option<String>,
    /// Who paid.
    pub payer: Party,
    /// Who was paid.
    pub payee: Party,
    /// How much.
    pub amount: Money,
    /// Always `completed`.
    pub status: String,
}

/// One side of a payment, as the other side's screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Party {
    /// `user` or `business`.
    #[serde(rename = "type")]
    pub party_type: String,
    /// `usr_…` or `biz_…`
    pub id: String,
    /// What they are called, if they have said.
    pub name: Option<String>,
}

/// One page of a list, the newest first.
#[derive(Debug, Clone, Deserialize)]
pub struct Page<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// What to ask for as `cursor`, if there is more.
    pub next_cursor: Option<String>,
}

/// One movement of a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Movement {
    /// `trf_…`
    pub transfer_id: String,
    /// `in` or `out`.
    pub direction: String,
    /// How much.
    pub amount: Money,
    /// What moved it.
    pub subject: Subject,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subject {
    /// `payment` or `top-up`.
    #[serde(rename = "type")]
    pub subject_type: String,
    /// `pay_…` or `top_…`.
    pub id: String,
}

/// One line of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Notification {
    /// `ntf_…`
    pub notification_id: String,
    /// What it tells of.
    #[serde(rename = "type")]
    pub notification_type: String,
    /// In the reader's language.
    pub title: String,
    /// In the reader's language.
    pub body: String,
    /// `pay_…` where it tells of a payment.
    pub payment_id: Option<String>,
    /// `ppay_…` where it tells of a payment between people.
    pub peer_payment_id: Option<String>,
    /// How much money it tells of.
    pub amount: Option<Money>,
    /// Whether the reader marked it.
    pub is_read: bool,
}

impl Notification {
    /// Whether it tells of the payment with this id.
    pub fn is_about(&self, id: &str) -> bool {
        [&self.payment_id, &self.peer_payment_id].into_iter().any(|of| of.as_deref() == Some(id))
    }
}

/// What the ledger's audit found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Audit {
    /// Everything agrees.
    pub balanced: bool,
    /// How many.
    pub accounts: u64,
    /// How many.
    pub transfers: u64,
    /// Transfers before this time, RFC 3339, were read by earlier audits.
    pub folded_before: String,
    /// Over all accounts.
    pub debits: Money,
    /// Over all accounts.
    pub credits: Money,
    /// For operations that are pending.
    pub held: Money,
    /// Counts of what contradicts itself: all must be 0.
    #[serde(flatten)]
    pub contradictions: BTreeMap<String, u64>,
}
