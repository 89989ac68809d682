//! Numbers of documents, each in its one spelling. Personal data: none has a `Debug` form.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text is not a number of the wanted kind. It repeats nothing of the text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of the document is not of its form, or its check digit is another")]
pub(crate) struct DocumentNumberError;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $pattern:literal, $example:literal, $parse:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = $pattern, example = $example)]
        pub(crate) struct $name(String);

        impl $name {
            /// Without brackets and blanks, in capitals.
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = DocumentNumberError;

            fn try_from(text: String) -> Result<Self, DocumentNumberError> {
                $parse(&text).map(Self).ok_or(DocumentNumberError)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }
    };
}

number!(
    /// The number of a Hong Kong identity card with its check digit.
    HkidNumber, r"^[A-Za-z]{1,2} ?[0-9]{6} ?\(?[0-9Aa]\)?$", "A123456(3)", hkid
);
number!(
    /// The number of a passport.
    PassportNumber, "^[A-Za-z0-9]{5,9}$", "K01234567", passport
);
number!(
    /// Which state issued a passport, as its machine-readable lines name it.
    Issuer, "^[A-Z]{1,3}$", "CHN", issuer
);
number!(
    /// The number of a business registration: eight digits, and three more of a branch.
    RegistrationNumber, "^[0-9]{8}(-?[0-9]{3})?$", "12345678-000", registration
);

const LETTERS_AND_DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// What a missing second letter counts.
const BLANK: u32 = 36;

/// Weights 9 to 2 over both letters and the digits, modulo 11; ten is written as A. It is not
/// officially published.
fn hkid(text: &str) -> Option<String> {
    const CHARACTERS_MAX: usize = 13;
    const DIGITS: usize = 6;
    if text.len() > CHARACTERS_MAX {
        return None;
    }
    let is_between = |c: char| matches!(c, ' ' | '(' | ')');
    let number = text.replace(is_between, "").to_ascii_uppercase();
    let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
    let (prefix, rest) = number.split_at_checked(letters)?;
    let (digits, check) = rest.split_at_checked(DIGITS)?;
    let is_formed = (1..=2).contains(&prefix.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && check.len() == 1;
    let mut values: Vec<u32> = if prefix.len() == 1 { vec![BLANK] } else { Vec::new() };
    for character in prefix.chars().chain(digits.chars()) {
        values.push(character.to_digit(36)?);
    }
    let weighted =
        values.iter().zip((2..=9).rev()).map(|(value, weight)| value.saturating_mul(weight));
    let remainder = weighted.sum::<u32>().checked_rem(11)?;
    let expected = match 11_u32.checked_sub(remainder)? {
        11 => '0',
        10 => 'A',
        digit => char::from_digit(digit, 10)?,
    };
    (is_formed && check.starts_with(expected)).then_some(number)
}

fn passport(text: &str) -> Option<String> {
    let number = text.to_ascii_uppercase();
    let is_formed =
        (5..=9).contains(&number.len()) && number.chars().all(|c| LETTERS_AND_DIGITS.contains(c));
    is_formed.then_some(number)
}

fn issuer(text: &str) -> Option<String> {
    let is_formed =
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_formed.then(|| text.to_owned())
}

fn registration(text: &str) -> Option<String> {
    let (main, branch) = text.split_at_checked(8)?;
    let branch = branch.strip_prefix('-').unwrap_or(branch);
    let branch = if branch.is_empty() { "000" } else { branch };
    let number = format!("{main}{branch}");
    let is_formed = number.len() == 11 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_formed && !text.ends_with('-')).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_an_identity_card_has_the_right_check_digit_and_one_spelling() {
        for (text, number) in [
            ("A123456(3)", "A1234563"),
            ("AB987654(3)", "AB9876543"),
            ("e364912(5)", "E3649125"),
            ("D288754 (2)", "D2887542"),
            ("G123456(A)", "G123456A"),
            ("g123456a", "G123456A"),
            ("Z6833655", "Z683365?"),
        ] {
            let parsed = HkidNumber::try_from(text.to_owned());
            if number.ends_with('?') {
                assert!(parsed.is_err(), "{text}");
            } else {
                assert_eq!(parsed.map(String::from), Ok(number.to_owned()), "{text}");
            }
        }
        assert!(hkid("Z683365(A)").is_some());
        for text in
            ["", "A123456", "A123456(4)", "ABC12345(6)", "1234567(8)", "A12345(3)", "Ａ123456(3)"]
        {
            assert!(hkid(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_other_check_digit_is_refused() {
        for check in "012456789A".chars() {
            assert!(hkid(&format!("A123456({check})")).is_none(), "{check}");
        }
    }

    #[test]
    fn passports_issuers_and_registrations_have_one_spelling() {
        assert_eq!(passport("k01234567").as_deref(), Some("K01234567"));
        assert_eq!(passport("L898902C3").as_deref(), Some("L898902C3"));
        assert!(passport("K0123").is_some() && passport("K012").is_none());
        assert!(passport("K01234<67").is_none() && passport("K012345678").is_none());
        assert!(issuer("CHN").is_some() && issuer("D").is_some());
        assert!(issuer("chn").is_none() && issuer("").is_none() && issuer("CHNA").is_none());
        for text in ["12345678", "12345678-000", "12345678000"] {
            assert_eq!(registration(text).as_deref(), Some("12345678000"), "{text}");
        }
        assert_eq!(registration("12345678-002").as_deref(), Some("12345678002"));
        for text in ["1234567", "12345678-", "12345678-00", "12345678-0000", "1234567A"] {
            assert!(registration(text).is_none(), "{text}");
        }
    }
}
