//! Events of `graph`.

use serde::{Deserialize, Serialize};

use crate::Event;

/// An account looks more, or less, than before as if a mule's. It is told whole; an older version
/// never replaces a newer one. Its subject is the account's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRiskChangedV1 {
    /// `usr_…` of whose wallet it is.
    pub account_id: String,
    /// Greater with each change of this account: the second of it, or one more than before.
    pub version: u32,
    /// `normal`, `elevated` or `high`.
    pub level: String,
    /// Why; none if it is `normal`.
    pub reasons: Vec<RiskReasonV1>,
    /// RFC 3339 in UTC.
    pub changed_at: String,
}

impl Event for AccountRiskChangedV1 {
    const TYPE: &'static str = "payme.graph.account-risk-changed.v1";
}

/// What was seen. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskReasonV1 {
    /// Which shape, `fan-in` for one.
    pub code: String,
    /// In words, for staff alone: whoever it is about must not read it.
    pub explanation: String,
}
