//! The PIN: what it may look like, and what is too easily guessed.

use serde::Deserialize;
use utoipa::ToSchema;

/// Six digits.
// A secret, so it has no `Debug`.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{6}$", example = "730518")]
pub(crate) struct Pin([u8; Pin::LENGTH]);

/// The text is not a PIN.
#[derive(Debug, thiserror::Error)]
#[error("a PIN has {} digits", Pin::LENGTH)]
pub(crate) struct PinError;

impl Pin {
    const LENGTH: usize = 6;
    const DIGITS: u8 = 10;

    /// The ASCII digits.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is among what people choose first: digits that repeat with a period of one, two
    /// or three, or that count up or down.
    pub(crate) fn is_weak(&self) -> bool {
        let repeats = |period: usize| self.0.iter().zip(&self.0[period..]).all(|(a, b)| a == b);
        let steps_by = |step: u8| {
            self.0.windows(2).all(|pair| {
                let expected = pair[0].wrapping_sub(b'0').wrapping_add(step) % Self::DIGITS;
                pair[1].wrapping_sub(b'0') == expected
            })
        };
        [1, 2, 3].into_iter().any(repeats) || steps_by(1) || steps_by(Self::DIGITS - 1)
    }
}

impl TryFrom<String> for Pin {
    type Error = PinError;

    fn try_from(text: String) -> Result<Self, PinError> {
        let digits: [u8; Self::LENGTH] = text.as_bytes().try_into().map_err(|_| PinError)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(PinError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        Pin::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn what_is_not_six_digits_is_no_pin() {
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert!(Pin::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_people_choose_first_is_weak() {
        for text in ["000000", "888888", "123456", "567890", "654321", "098765", "121212", "258258"]
        {
            assert!(pin(text).is_weak(), "{text}");
        }
        for text in ["730518", "123457", "112233", "864297"] {
            assert!(!pin(text).is_weak(), "{text}");
        }
    }
}
