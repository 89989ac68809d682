//! Events of `onboarding`. None carries what stands on a document.

use serde::{Deserialize, Serialize};

use crate::Event;

/// It is known better, or no longer, who a person is; carries the whole state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonVerificationChangedV1 {
    /// `usr_…`
    pub user_id: String,
    /// Counts the changes of this person from 1; an older version never replaces a newer one.
    pub version: u32,
    /// `unverified`, `verified` (by an identity document) or `address-verified`.
    pub tier: String,
}

impl Event for PersonVerificationChangedV1 {
    const TYPE: &'static str = "payme.onboarding.person-verification-changed.v1";
}

/// It became known, or is no longer, who stands behind a business; carries the whole state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessVerificationChangedV1 {
    /// `biz_…`
    pub business_id: String,
    /// Counts the changes of this business from 1; an older version never replaces a newer one.
    pub version: u32,
    /// Whether it may be paid.
    pub is_approved: bool,
    /// `usr_…` of who owned it then, of whom that is said. Absent: the sender says it of whoever
    /// owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_user_id: Option<String>,
}

impl Event for BusinessVerificationChangedV1 {
    const TYPE: &'static str = "payme.onboarding.business-verification-changed.v1";
}

/// An application came to another state of which its applicant is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationChangedV1 {
    /// `apl_…`
    pub application_id: String,
    /// Counts the changes of this application from 1.
    pub version: u32,
    /// `usr_…` of the applicant.
    pub user_id: String,
    /// `biz_…`, where it is a business that applies.
    pub business_id: Option<String>,
    /// `identity`, `address` or `business`.
    pub kind: String,
    /// The state, as the application itself shows it.
    pub status: String,
    /// Why, in codes that tell the applicant what to do; empty where nothing is to be done.
    pub reasons: Vec<String>,
}

impl Event for ApplicationChangedV1 {
    const TYPE: &'static str = "payme.onboarding.application-changed.v1";
}
