//! A bank account in Hong Kong, to which money is paid out.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A bank in Hong Kong: its clearing code, three digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{3}$", example = "024")]
pub struct BankCode(String);

/// The text is not a bank's code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bank code has {} digits", BankCode::DIGITS)]
pub struct BankCodeError;

impl BankCode {
    const DIGITS: usize = 3;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BankCode {
    type Error = BankCodeError;

    fn try_from(text: String) -> Result<Self, BankCodeError> {
        let is_code = text.len() == Self::DIGITS && are_digits(&text);
        if is_code { Ok(Self(text)) } else { Err(BankCodeError) }
    }
}

impl From<BankCode> for String {
    fn from(code: BankCode) -> Self {
        code.0
    }
}

/// An account at a bank, without the bank's code and with that of the branch: six to twelve digits,
/// of which a zero in front is one. What people write between them is left to the apps. It is taken
/// and stored, but cannot be sent. No event has it, and of answers one only: to its owner, whose
/// proof does not fit, with the text that it should have covered.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{6,12}$", example = "123456789")]
pub struct BankAccountNumber(String);

/// The text is not an account number. It repeats nothing of it, which is personal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account number has {} to {} digits",
    BankAccountNumber::DIGITS_MIN,
    BankAccountNumber::DIGITS_MAX
)]
pub struct BankAccountNumberError;

impl BankAccountNumber {
    const DIGITS_MIN: usize = 6;
    const DIGITS_MAX: usize = 12;
    /// As many digits as anyone is shown afterwards.
    const DIGITS_SHOWN: usize = 4;

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last digits, by which its owner knows it.
    pub fn ending(&self) -> &str {
        let hidden = self.0.len().saturating_sub(Self::DIGITS_SHOWN);
        self.0.get(hidden..).unwrap_or_default()
    }
}

impl TryFrom<String> for BankAccountNumber {
    type Error = BankAccountNumberError;

    fn try_from(text: String) -> Result<Self, BankAccountNumberError> {
        let is_number =
            (Self::DIGITS_MIN..=Self::DIGITS_MAX).contains(&text.len()) && are_digits(&text);
        if is_number { Ok(Self(text)) } else { Err(BankAccountNumberError) }
    }
}

/// A bank account in Hong Kong.
#[derive(Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// Which bank.
    pub bank_code: BankCode,
    /// Which of its accounts.
    pub account_number: BankAccountNumber,
}

impl BankAccount {
    /// The one way in which it is written where it is confirmed: `024-123456789`. No two accounts
    /// are written the same.
    pub fn short_form(&self) -> String {
        format!("{}-{}", self.bank_code.as_str(), self.account_number.as_str())
    }
}

/// Also what is printed for developers shows no more than the last digits.
impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-…{}", self.bank_code.as_str(), self.account_number.ending())
    }
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;
    use crate::Reference;

    fn account(bank_code: &str, account_number: &str) -> Result<BankAccount, serde_json::Error> {
        from_value(json!({"bank_code": bank_code, "account_number": account_number}))
    }

    #[test]
    fn a_bank_has_three_digits_and_an_account_six_to_twelve() {
        for (bank, number) in [("024", "123456"), ("000", "000000000000")] {
            let account = account(bank, number).unwrap();
            assert_eq!(account.short_form(), format!("{bank}-{number}"));
        }
        for bank in ["", "24", "0240", "02x", "0 4", "０２４", "-24", "02\n"] {
            assert_eq!(BankCode::try_from(bank.to_owned()).err(), Some(BankCodeError), "{bank:?}");
        }
        for number in
            ["", "12345", "1234567890123", "123-456-7", "123 4567", "+1234567", "１２３４５６"]
        {
            let refused = BankAccountNumber::try_from(number.to_owned()).err();
            assert_eq!(refused, Some(BankAccountNumberError), "{number:?}");
            assert!(account("024", number).is_err(), "{number:?}");
        }
    }

    #[test]
    fn a_wrong_number_is_refused_without_being_repeated() {
        let error = account("024", "99988877766655").unwrap_err().to_string();
        assert!(error.contains("6 to 12 digits"), "{error}");
        assert!(!error.contains("9998"), "{error}");
        let more = json!({"bank_code": "024", "account_number": "123456", "name": "x"});
        assert!(from_value::<BankAccount>(more).is_err());
    }

    #[test]
    fn nothing_that_is_printed_shows_more_than_the_last_digits() {
        let longest = account("024", "123456789012").unwrap();
        assert_eq!(format!("{longest:?}"), "024-…9012");
        assert_eq!(account("024", "123456").unwrap().account_number.ending(), "3456");
    }

    #[test]
    fn every_account_is_a_reference_and_no_two_are_the_same() {
        let forms = [("024", "123456"), ("024", "0123456"), ("241", "23456789"), ("024", "123457")]
            .map(|(bank, number)| account(bank, number).unwrap());
        for (position, form) in forms.iter().enumerate() {
            let reference = Reference::from(form);
            assert_eq!(Reference::try_from(form.short_form()), Ok(reference.clone()));
            let first = forms.iter().position(|other| Reference::from(other) == reference);
            assert_eq!(first, Some(position));
        }
        let longest = account("024", "123456789012").unwrap();
        assert_eq!(Reference::try_from(longest.short_form()), Ok(Reference::from(&longest)));
    }
}
