//! The PIN: what it may look like, and what is too easily guessed.

use serde::Deserialize;
use utoipa::ToSchema;
use values::{Phone, Refusal};

use super::refusals::PIN_TOO_WEAK;
use super::weak_pin::{LENGTH, is_weak};

/// Six digits.
// A secret, so it has no `Debug`.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{6}$", example = "739164")]
pub(crate) struct Pin([u8; LENGTH]);

/// The text is not a PIN.
#[derive(Debug, thiserror::Error)]
#[error("a PIN has {LENGTH} digits")]
pub(crate) struct PinError;

impl Pin {
    /// The ASCII digits.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Refuses what must not become the PIN of this phone's owner, as far as the phone is known.
    pub(crate) fn require_strong(&self, owner: Option<&Phone>) -> Result<(), Refusal> {
        if is_weak(&self.0, owner) { Err(PIN_TOO_WEAK) } else { Ok(()) }
    }
}

impl TryFrom<String> for Pin {
    type Error = PinError;

    fn try_from(text: String) -> Result<Self, PinError> {
        let digits: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| PinError)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(PinError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_six_digits_is_no_pin() {
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            assert!(Pin::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
