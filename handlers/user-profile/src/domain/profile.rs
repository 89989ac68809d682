//! A profile and what may stand in it.

use events::user_profile::ProfileChangedV1;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use values::{Phone, UserId};

/// What a person wants to be called: 1 to 50 characters, none of them a control character, no space
/// at either end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 50, example = "陳大文")]
pub(crate) struct DisplayName(String);

/// The text cannot be a display name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {} characters, no control characters and no space at its ends",
    DisplayName::CHARACTERS_MAX
)]
pub(crate) struct DisplayNameError;

impl DisplayName {
    pub(crate) const CHARACTERS_MAX: usize = 50;
}

impl TryFrom<String> for DisplayName {
    type Error = DisplayNameError;

    fn try_from(text: String) -> Result<Self, DisplayNameError> {
        let is_name = (1..=Self::CHARACTERS_MAX).contains(&text.chars().count())
            && !text.chars().any(char::is_control)
            && text.trim() == text;
        if is_name { Ok(Self(text)) } else { Err(DisplayNameError) }
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

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
    fn names_in_any_script_are_accepted_up_to_fifty_characters() {
        for name in ["陳大文", "Mary Ann O'Neil", "ñ", &"文".repeat(50)] {
            assert!(DisplayName::try_from(name.to_owned()).is_ok(), "{name}");
        }
        for name in ["", " ", " Ann", "Ann ", "A\nB", "A\u{0}", &"文".repeat(51)] {
            assert_eq!(DisplayName::try_from(name.to_owned()), Err(DisplayNameError), "{name:?}");
        }
    }

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for tag in ["en", "zh-Hant", "zh-Hans"] {
            assert_eq!(Language::from_tag(tag).map(Language::tag), Some(tag));
        }
        assert_eq!(Language::from_tag("fr"), None);
    }
}
