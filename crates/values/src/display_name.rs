//! What people and shops are called.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 1 to 50 characters, no space at either end, none of them a control character or one that is
/// invisible or changes the direction of writing: a name must not pass for another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 50, example = "陳大文")]
pub struct DisplayName(String);

/// The text cannot be a display name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to {} visible characters and no space at its ends",
    DisplayName::CHARACTERS_MAX
)]
pub struct DisplayNameError;

impl DisplayName {
    /// The longest name, in characters.
    pub const CHARACTERS_MAX: usize = 50;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DisplayName {
    type Error = DisplayNameError;

    fn try_from(text: String) -> Result<Self, DisplayNameError> {
        let is_name = (1..=Self::CHARACTERS_MAX).contains(&text.chars().count())
            && text.trim() == text
            && text.chars().all(is_visible);
        if is_name { Ok(Self(text)) } else { Err(DisplayNameError) }
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

/// Whether a character can stand in a text that people decide by: no control character, none that
/// shows nothing, none that changes the direction of what follows.
pub fn is_visible(character: char) -> bool {
    let shows_nothing = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !shows_nothing
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
    fn names_that_hide_characters_are_refused() {
        for name in ["HSBC\u{200b}", "\u{202e}CBSH", "\u{feff}", "HSBC\u{3164}", "HS\u{61c}BC"] {
            assert_eq!(DisplayName::try_from(name.to_owned()), Err(DisplayNameError), "{name:?}");
        }
    }
}
