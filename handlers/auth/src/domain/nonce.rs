//! The idempotency key of the payment that a confirmation is for.

use serde::Deserialize;
use utoipa::ToSchema;

/// 1 to 64 visible ASCII characters.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 64)]
pub(crate) struct Nonce(String);

/// The text cannot be an idempotency key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nonce has 1 to {} visible ASCII characters", Nonce::LENGTH_MAX)]
pub(crate) struct NonceError;

impl Nonce {
    const LENGTH_MAX: usize = 64;
}

impl TryFrom<String> for Nonce {
    type Error = NonceError;

    fn try_from(text: String) -> Result<Self, NonceError> {
        let is_nonce = (1..=Self::LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_nonce { Ok(Self(text)) } else { Err(NonceError) }
    }
}

impl From<Nonce> for String {
    fn from(nonce: Nonce) -> Self {
        nonce.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_what_can_be_an_idempotency_key() {
        for text in ["1", "a-B_9~", &"k".repeat(64)] {
            assert!(Nonce::try_from(text.to_owned()).is_ok(), "{text}");
        }
        for text in ["", "a b", "a\nb", "é", &"k".repeat(65)] {
            assert_eq!(Nonce::try_from(text.to_owned()), Err(NonceError), "{text:?}");
        }
    }
}
