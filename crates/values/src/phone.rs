//! Hong Kong mobile numbers, however they are written, in E.164 form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A Hong Kong mobile number: `+852` and eight digits that begin with 4 to 9.
///
/// It is taken as people write it (`6123 4567`, `(852) 6123-4567`, `００８５２…`) and always answered
/// in this one form. Personal data.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^\+852[4-9][0-9]{7}$", example = "+85261234567")]
pub struct Phone(String);

/// The text is not a Hong Kong mobile number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Hong Kong mobile number is expected: +852 and eight digits that begin with 4 to 9")]
pub struct PhoneError;

/// The code of Hong Kong, as people write it or leave it out. No number within Hong Kong is longer
/// than its eight digits, so none is mistaken for another.
const PREFIXES: [&str; 4] = ["+852", "00852", "852", ""];
const DIGITS: usize = 8;

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
        let dialled: String = text
            .trim_matches(is_direction_mark)
            .chars()
            .map(half_width)
            .filter(|character| !is_separator(*character))
            .collect();
        let is_mobile = |digits: &&str| {
            digits.len() == DIGITS
                && digits.bytes().all(|digit| digit.is_ascii_digit())
                && digits.starts_with(|first| matches!(first, '4'..='9'))
        };
        let mut digits = PREFIXES.iter().filter_map(|prefix| dialled.strip_prefix(prefix));
        digits.find(is_mobile).map(|digits| Self(format!("+852{digits}"))).ok_or(PhoneError)
    }
}

/// What an address book puts around a copied number, so that it keeps its direction in a text that
/// runs the other way.
const fn is_direction_mark(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Chinese keyboards write digits and signs as wide as ideographs.
fn half_width(character: char) -> char {
    let narrow = match character {
        '\u{ff01}'..='\u{ff5e}' => u32::from(character).checked_sub(0xfee0),
        _ => None,
    };
    narrow.and_then(char::from_u32).unwrap_or(character)
}

/// Spaces (also those that keep a number on one line), hyphens, parentheses and dots.
fn is_separator(character: char) -> bool {
    let is_space = character.is_whitespace() && !character.is_control();
    let is_hyphen = matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    is_space || is_hyphen || matches!(character, '(' | ')' | '.')
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
    fn a_number_is_one_number_however_it_is_written_and_masked_in_logs() {
        for text in [
            "+85261234567",
            "0085261234567",
            "85261234567",
            "61234567",
            "6123 4567",
            "6123-4567",
            "+852 6123 4567",
            "+852-6123-4567",
            "(852) 6123.4567",
            "(+852)\u{a0}6123\u{a0}4567",
            "00 852 6123\u{2011}4567",
            "６１２３４５６７",
            "＋８５２　６１２３－４５６７",
            "（８５２）６１２３．４５６７",
            "\u{202a}+852 6123 4567\u{202c}",
            "\u{2066}6123 4567\u{2069}",
            "\u{200e}61234567\u{200e}",
            " 61234567 ",
        ] {
            let phone: Phone = text.parse().unwrap_or_else(|_| panic!("{text:?}"));
            assert_eq!(phone.to_string(), "+85261234567", "{text:?}");
            assert_eq!(format!("{phone:?}"), "+852 ****4567");
        }
        assert_eq!("85212345".parse::<Phone>().unwrap().to_string(), "+85285212345");
    }

    #[test]
    fn what_is_no_mobile_number_of_hong_kong_is_refused() {
        for text in [
            "",
            "+852",
            "+85223456789",
            "23456789",
            "31234567",
            "+8526123456",
            "+852612345678",
            "+8526123456a",
            "+4461234567",
            "+61234567",
            "0061234567",
            "+85285261234567",
            "++85261234567",
            "6123+4567",
            "85261234567+",
            "61234567 ext. 1",
            "6123/4567",
            "6123\n4567",
            "6123\u{200b}4567",
            "6123\u{202e}4567",
            "61234⑤67",
            "٦١٢٣٤٥٦٧",
        ] {
            assert_eq!(text.parse::<Phone>(), Err(PhoneError), "{text:?}");
        }
    }
}
