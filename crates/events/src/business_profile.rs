//! Events of `business-profile`.

use serde::{Deserialize, Serialize};

use crate::{Event, said};

/// A business was created or changed; carries the whole state that other services may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessChangedV1 {
    /// `biz_…`
    pub business_id: String,
    /// Counts the changes of this business from 1; an older version never replaces a newer one.
    pub version: u32,
    /// `usr_…` of the owner.
    pub owner_user_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// The owner's own spelling of the name in printable ASCII, at most 25 characters.
    pub shop_name_latin: Option<String>,
    /// ISO 18245 merchant category code, four digits.
    pub category_code: String,
    /// FPS identifier, 7 to 9 digits, where the business has one.
    pub fps_id: Option<String>,
    /// Whether the owner closed it, which is for good: it can no longer be paid.
    #[serde(default)]
    pub is_closed: bool,
    /// `pic_…` of the logo that the shop shows to everybody, or none of any. Absent: the sender
    /// knows of no logos, and the one before stays.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub logo_id: Option<Option<String>>,
}

impl Event for BusinessChangedV1 {
    const TYPE: &'static str = "payme.business-profile.business-changed.v1";
}

/// Somebody works in a business that is not theirs, in another role than before, or no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessMemberChangedV1 {
    /// `biz_…`
    pub business_id: String,
    /// As it was then.
    pub shop_name: String,
    /// `usr_…` of who owns the business.
    pub owner_user_id: String,
    /// `usr_…` of whose role it is.
    pub user_id: String,
    /// `manager` or `cashier`; null if they work there no more.
    pub role: Option<String>,
    /// `usr_…` of who made the invitation by which they came, or came back.
    pub invited_by: String,
    /// Counts the changes of this person in this business from 1, also over an absence; an older
    /// version never replaces a newer one.
    pub version: u32,
    /// `usr_…` of who made the change: the person, or somebody above them.
    pub changed_by: String,
    /// RFC 3339.
    pub changed_at: String,
}

impl Event for BusinessMemberChangedV1 {
    const TYPE: &'static str = "payme.business-profile.business-member-changed.v1";
}

/// A business was offered to somebody who works there, or something came of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessHandoverChangedV1 {
    /// `hnd_…`
    pub handover_id: String,
    /// `biz_…`
    pub business_id: String,
    /// As it was then.
    pub shop_name: String,
    /// `usr_…` of who owned the business when they offered it.
    pub from_user_id: String,
    /// `usr_…` of whom it is offered to.
    pub to_user_id: String,
    /// `offered`; then `accepted`, after the business itself has told its new owner; `declined`,
    /// `cancelled`, or `ended`: they work there no more, or it is closed.
    pub status: String,
    /// The version of the business: of one that was accepted the first under its new owner.
    pub business_version: u32,
    /// RFC 3339.
    pub changed_at: String,
}

impl BusinessHandoverChangedV1 {
    /// Whether the business is another person's from now on.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.status == "accepted"
    }
}

impl Event for BusinessHandoverChangedV1 {
    const TYPE: &'static str = "payme.business-profile.business-handover-changed.v1";
}
