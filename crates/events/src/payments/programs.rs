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
