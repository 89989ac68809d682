//! Hong Kong mobile numbers in E.164 form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `+852` and eight digits that begin with 4 to 9: the ranges given to mobiles in Hong Kong.
///
/// Personal data: `Debug` shows the last four digits only; `Display` shows it all.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "+85261234567")]
pub struct Phone(String);

/// The text is not a Hong Kong mobile number in E.164 form.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Hong Kong mobile number as +852 and eight digits is expected")]
pub struct PhoneError;

impl Phone {
    /// All but the last four digits hidden: `+852 ****4567`.
    pub fn masked(&self) -> String {
        let hidden = self.0.len().saturating_sub(4);
        format!("+852 ****{}", &self.0[hidden..])
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix("+852").ok_or(PhoneError)?;
        let is_mobile = digits.len() == 8
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && matches!(digits.as_bytes()[0], b'4'..=b'9');
        if is_mobile { Ok(Self(text.to_owned())) } else { Err(PhoneError) }
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, PhoneError> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hong_kong_mobiles_are_accepted_and_masked_in_logs() {
        let phone: Phone = "+85261234567".parse().unwrap();
        assert_eq!(phone.to_string(), "+85261234567");
        assert_eq!(format!("{phone:?}"), "+852 ****4567");
    }

    #[test]
    fn landlines_foreign_and_malformed_numbers_are_refused() {
        for text in [
            "+85223456789",
            "85261234567",
            "+8526123456",
            "+852612345678",
            "+8526123456a",
            "+4461234567",
            "",
        ] {
            assert_eq!(text.parse::<Phone>(), Err(PhoneError), "{text}");
        }
    }
}
