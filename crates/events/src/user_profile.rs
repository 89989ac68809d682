//! Events of `user-profile`.

use serde::{Deserialize, Serialize};

use crate::{Event, said};

/// A profile was created or changed; carries the whole state that other services may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChangedV1 {
    /// `usr_…`
    pub user_id: String,
    /// Counts the changes of this profile from 1; an older version never replaces a newer one.
    pub version: u32,
    /// How the person wants to be called; empty until they have chosen. Personal data.
    pub display_name: String,
    /// `en`, `zh-Hant` or `zh-Hans`.
    pub language: String,
    /// `pic_…` of the picture that the person shows to friends, or none of any. Absent: the sender
    /// knows of no pictures, and the one before stays.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub picture_id: Option<Option<String>>,
}

impl Event for ProfileChangedV1 {
    const TYPE: &'static str = "payme.user-profile.profile-changed.v1";
}
