//! What operators do to an account: stop its money and let it go again, with a reason, by name.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::is_visible;

use super::AccountStatus;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FreezeAction {
    Freeze,
    Unfreeze,
}

impl FreezeAction {
    /// As stored and sent.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        [Self::Freeze, Self::Unfreeze].into_iter().find(|action| action.code() == code)
    }

    /// How it leaves the account.
    pub(crate) const fn status(self) -> AccountStatus {
        match self {
            Self::Freeze => AccountStatus::Frozen,
            Self::Unfreeze => AccountStatus::Active,
        }
    }
}

/// One line of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountFreeze {
    pub(crate) action: FreezeAction,
    pub(crate) reason: Reason,
    pub(crate) operator: Operator,
    pub(crate) at: OffsetDateTime,
}

/// The text is empty, too long, or hides characters.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to {0} visible characters are expected")]
pub(crate) struct TextError(usize);

/// Why: a case number, a court order, the call that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 200, example = "Phone reported stolen")]
pub(crate) struct Reason(String);

/// Who: the name with which an operator is signed in to Azure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 100, example = "ops@example.com")]
pub(crate) struct Operator(String);

impl Reason {
    const CHARACTERS_MAX: usize = 200;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Operator {
    const CHARACTERS_MAX: usize = 100;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        visible(text, Self::CHARACTERS_MAX).map(Self)
    }
}

impl TryFrom<String> for Operator {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        visible(text, Self::CHARACTERS_MAX).map(Self)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        operator.0
    }
}

/// The text, if somebody who reads it later sees all of it.
fn visible(text: String, characters_max: usize) -> Result<String, TextError> {
    let is_short = text.chars().count() <= characters_max && text.chars().all(is_visible);
    if is_short && !text.trim().is_empty() { Ok(text) } else { Err(TextError(characters_max)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_to_two_hundred_visible_characters_in_any_script() {
        for text in ["x", "法庭命令 HCMP 1/2026", &"文".repeat(200)] {
            assert_eq!(Reason::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in ["", "  ", "two\nlines", "hid\u{200b}den", &"文".repeat(201)] {
            assert_eq!(Reason::try_from(text.to_owned()), Err(TextError(200)), "{text:?}");
        }
        assert_eq!(Operator::try_from("x".repeat(101)), Err(TextError(100)));
    }
}
