//! A profile and what may stand in it.

use events::user_profile::ProfileChangedV1;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use values::{DisplayName, Phone, UserId};

/// A language that the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
}

impl Language {
    /// The BCP 47 tag, as stored and sent.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::TraditionalChinese => "zh-Hant",
            Self::SimplifiedChinese => "zh-Hans",
        }
    }

    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        [Self::English, Self::TraditionalChinese, Self::SimplifiedChinese]
            .into_iter()
            .find(|language| language.tag() == tag)
    }
}

/// A person, as this service knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) user_id: UserId,
    /// None until the sign-up event has arrived.
    pub(crate) phone: Option<Phone>,
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
            language: self.language.tag().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for tag in ["en", "zh-Hant", "zh-Hans"] {
            assert_eq!(Language::from_tag(tag).map(Language::tag), Some(tag));
        }
        assert_eq!(Language::from_tag("fr"), None);
    }
}
