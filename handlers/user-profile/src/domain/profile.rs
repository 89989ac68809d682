//! A profile and what may stand in it.

use events::user_profile::ProfileChangedV1;
use values::{DisplayName, Language, Refusal, UserId};

pub(crate) const NO_PROFILE: Refusal =
    Refusal::not_found("profile-not-found", "the profile does not exist yet");

/// A person, as this service knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) user_id: UserId,
    /// None until the person has chosen one.
    pub(crate) display_name: Option<DisplayName>,
    pub(crate) language: Language,
    /// Counts the changes, from 1.
    pub(crate) version: u32,
}

impl Profile {
    /// What other services may know.
    pub(crate) fn changed_event(&self) -> ProfileChangedV1 {
        ProfileChangedV1 {
            user_id: self.user_id.to_string(),
            version: self.version,
            display_name: self.display_name.clone().map(String::from).unwrap_or_default(),
            language: self.language.code().to_owned(),
        }
    }
}
