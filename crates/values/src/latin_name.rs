//! What a shop is called in plain Latin letters.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 1 to 25 printable ASCII characters, no space at either end: what every payment code can hold and
/// every reader of one can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String, min_length = 1, max_length = 25, pattern = "^[!-~]([ -~]*[!-~])?$",
    example = "Wing Kee Tea House"
)]
pub struct LatinName(String);

/// The text cannot be a Latin name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Latin name has 1 to {} printable ASCII characters and no space at its ends",
    LatinName::CHARACTERS_MAX
)]
pub struct LatinNameError;

impl LatinName {
    /// The longest name, in characters.
    pub const CHARACTERS_MAX: usize = 25;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LatinName {
    type Error = LatinNameError;

    fn try_from(text: String) -> Result<Self, LatinNameError> {
        let is_name = (1..=Self::CHARACTERS_MAX).contains(&text.len())
            && text.trim() == text
            && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_name { Ok(Self(text)) } else { Err(LatinNameError) }
    }
}

impl From<LatinName> for String {
    fn from(name: LatinName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_name_is_short_printable_ascii_without_a_space_at_its_ends() {
        for name in ["A", "Wing Kee Tea House", "H&M #1 ~", &"a".repeat(25)] {
            assert!(LatinName::try_from(name.to_owned()).is_ok(), "{name}");
        }
        for name in ["", " ", " A", "A ", "A\tB", "A\u{7f}", "Café", "永記", &"a".repeat(26)] {
            assert_eq!(LatinName::try_from(name.to_owned()), Err(LatinNameError), "{name:?}");
        }
    }
}
