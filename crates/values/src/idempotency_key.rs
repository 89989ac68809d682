//! A client's name for one operation, so that a retry does nothing twice.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 1 to 64 characters of `A-Z a-z 0-9 - _ . :`, which mean nothing else in a header; clients use a
/// new UUID for each operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9_.:-]{1,64}$")]
pub struct IdempotencyKey(String);

/// The text cannot be an idempotency key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {} of A-Z a-z 0-9 - _ . :", IdempotencyKey::LENGTH_MAX)]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    const LENGTH_MAX: usize = 64;

    /// The key as the client sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = IdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, IdempotencyKeyError> {
        let is_key = (1..=Self::LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        if is_key { Ok(Self(text.to_owned())) } else { Err(IdempotencyKeyError) }
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = IdempotencyKeyError;

    fn try_from(text: String) -> Result<Self, IdempotencyKeyError> {
        text.parse()
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_bounded_length_and_only_letters_digits_and_four_signs() {
        let uuid = "019a0b1c-7d2e-7f3a-8b4c-5d6e7f8a9b0c";
        for key in ["a", uuid, "order:7_b.2", &"k".repeat(64)] {
            assert!(key.parse::<IdempotencyKey>().is_ok(), "{key}");
        }
        for text in ["", " ", "a b", "é", "a,b", "a;b", "\"a", "a\\", "a/b", "a=", &"k".repeat(65)]
        {
            assert_eq!(text.parse::<IdempotencyKey>(), Err(IdempotencyKeyError), "{text:?}");
        }
    }
}
