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

/// What a wallet or a shop holds, in cents.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wallet {
    /// What was received less what was spent.
    pub balance: i64,
    /// What can be spent now.
    pub available: i64,
    /// ISO 4217 code.
    pub currency: String,
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
    pub kind: String,
    /// `preq_…` of a payment request.
    pub payment_request_id: Option<String>,
    /// `biz_…`, or the FPS proxy.
    pub payee: Option<String>,
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
    /// `preq_…`
    pub payment_request_id: String,
    /// `biz_…`
    pub payee: String,
    /// The name that the payer saw.
    pub shop_name: String,
    /// How much.
    pub amount: Money,
    /// Always `completed`.
    pub status: String,
}

/// One line of a wallet's history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HistoryEntry {
    /// `trf_…`
    pub transfer_id: String,
    /// `in` or `out`.
    pub direction: String,
    /// How much.
    pub amount: Money,
    /// `top_up` or `payment`.
    pub kind: String,
    /// `pay_…` of a payment.
    pub payment_id: Option<String>,
}

/// A page of a wallet's history, the newest first.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct HistoryPage {
    /// The lines.
    pub(crate) entries: Vec<HistoryEntry>,
    /// What to ask for as `before`, if there is more.
    pub(crate) next: Option<String>,
}

/// One line of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Notification {
    /// `ntf_…`
    pub notification_id: String,
    /// Which template.
    pub kind: String,
    /// In the reader's language.
    pub title: String,
    /// In the reader's language.
    pub body: String,
    /// `pay_…` where it tells of a payment.
    pub payment_id: Option<String>,
    /// Whether the reader marked it.
    pub read: bool,
}

/// A page of an inbox, the newest first.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NotificationPage {
    /// The lines.
    pub(crate) notifications: Vec<Notification>,
    /// What to ask for as `before`, if there is more.
    pub(crate) next: Option<String>,
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
    /// Cents, over all accounts.
    pub debits: i64,
    /// Cents, over all accounts.
    pub credits: i64,
    /// Counts of what contradicts itself: all must be 0.
    #[serde(flatten)]
    pub contradictions: BTreeMap<String, u64>,
}
