//! How a business is named in the Faster Payment System.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An FPS identifier: seven to nine digits, given by the bank or wallet that holds the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{7,9}$", example = "1234567")]
pub struct FpsId(String);

/// The text is not an FPS identifier.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an FPS identifier has {} to {} digits", FpsId::DIGITS_MIN, FpsId::DIGITS_MAX)]
pub struct FpsIdError;

impl FpsId {
    const DIGITS_MIN: usize = 7;
    const DIGITS_MAX: usize = 9;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FpsId {
    type Error = FpsIdError;

    fn try_from(text: String) -> Result<Self, FpsIdError> {
        let is_fps_id = (Self::DIGITS_MIN..=Self::DIGITS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_fps_id { Ok(Self(text)) } else { Err(FpsIdError) }
    }
}

impl From<FpsId> for String {
    fn from(fps_id: FpsId) -> Self {
        fps_id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_fps_identifier_has_seven_to_nine_digits() {
        for text in ["1234567", "123456789"] {
            assert_eq!(FpsId::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in ["", "123456", "1234567890", "123 4567", "七七七"] {
            assert_eq!(FpsId::try_from(text.to_owned()), Err(FpsIdError), "{text}");
        }
    }
}
