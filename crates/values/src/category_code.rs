//! What kind of trade a business is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A merchant category code of ISO 18245: four digits, `0000` if none fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{4}$", example = "5812")]
pub struct CategoryCode(String);

/// The text is not a category code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a category code has {} digits", CategoryCode::DIGITS)]
pub struct CategoryCodeError;

impl CategoryCode {
    const DIGITS: usize = 4;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CategoryCode {
    type Error = CategoryCodeError;

    fn try_from(text: String) -> Result<Self, CategoryCodeError> {
        let is_code = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(text)) } else { Err(CategoryCodeError) }
    }
}

impl From<CategoryCode> for String {
    fn from(code: CategoryCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_code_is_exactly_four_digits() {
        assert_eq!(CategoryCode::try_from("5812".to_owned()).unwrap().as_str(), "5812");
        for text in ["", "581", "58122", "58l2", "五八一二", "+581"] {
            assert_eq!(CategoryCode::try_from(text.to_owned()), Err(CategoryCodeError), "{text}");
        }
    }
}
