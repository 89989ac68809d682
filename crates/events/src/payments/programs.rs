//! Of the programs that act for shops.

use serde::{Deserialize, Serialize};

use crate::Event;

/// The credential of a shop's program ends soon. Told three times at most, ever closer to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCredentialExpiringV1 {
    /// `apc_…`
    pub client_id: String,
    /// `biz_…`
    pub business_id: String,
    /// `usr_…` of its owner.
    pub owner_user_id: String,
    /// By which its owner knows it.
    pub name: String,
    /// Days that are left, the one that has begun included.
    pub days_left: u32,
    /// RFC 3339 in UTC; not taken from then on.
    pub expires_at: String,
}

impl Event for ApiCredentialExpiringV1 {
    const TYPE: &'static str = "payme.payments.api-credential-expiring.v1";
}

/// A program may act for a shop, or may not any more. Its end by time is told by no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiCredentialChangedV1 {
    /// `apc_…`
    pub client_id: String,
    /// `biz_…`
    pub business_id: String,
    /// `skey_…`, by which what the program signs, and what it is sent, names the key.
    pub signing_key_id: String,
    /// `active` or `deactivated`, which is for good.
    pub status: String,
    /// The 32 bytes of that key, sealed for `notification` in the context
    /// `program_keys.sealed:<client_id>`, in base64; absent once it is deactivated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_signing_key: Option<String>,
    /// RFC 3339 in UTC; good for nothing from then on.
    pub expires_at: String,
}

impl Event for ApiCredentialChangedV1 {
    const TYPE: &'static str = "payme.payments.api-credential-changed.v1";
}

/// A program that wants to be told how its payment request ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifiedProgramV1 {
    /// `apc_…` of the credential by which it asked.
    pub client_id: String,
    /// Where, in the program's own words: whether it can be called nobody has looked at.
    pub uri: String,
    /// What the program calls the order, if anything.
    pub order_id: Option<String>,
    /// RFC 3339 in UTC: when it asked.
    pub created_at: String,
}
