//! A profile and what may stand in it.

use events::user_profile::ProfileChangedV1;
use values::{DisplayName, Language, UserId};

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
    /// Whether anything is new; only that makes another version.
    pub(crate) fn change(&mut self, display_name: Option<DisplayName>, language: Language) -> bool {
        let is_new = display_name != self.display_name || language != self.language;
        if is_new {
            let version = self.version.saturating_add(1);
            *self = Self { user_id: self.user_id, display_name, language, version };
        }
        is_new
    }

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
