//! The number of a case, which a customer reads aloud on the phone: eight digits and one that shows
//! a digit that was misheard, or two that were swapped.

use std::fmt;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many there are.
const COUNT: u32 = 100_000_000;
/// A quasigroup of order ten that finds each such error (Damm, 2004): the digit after these is zero
/// of a number that is read as it was written.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Three groups of three digits: `483-920-174`. It opens nothing: whoever knows it sees nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9]{3}-[0-9]{3}-[0-9]{3}$", example = "483-920-172")]
pub(crate) struct CaseNumber(u32);

/// Why a text is no number of a case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoCaseNumber;

impl fmt::Display for NoCaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a case has nine digits, the last of which fits those before it")
    }
}

impl CaseNumber {
    /// One of all, so that nobody learns from theirs how many cases there are.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; 4];
        rand::fill(&mut bytes)?;
        // 2^32 is no multiple of the count, which favours no number by more than one in 42.
        Ok(Self::of(u32::from_le_bytes(bytes)))
    }

    /// The eight digits of this, and the ninth.
    pub(crate) fn of(number: u32) -> Self {
        let eight = number % COUNT;
        Self(eight.saturating_mul(10).saturating_add(check(eight, 8).into()))
    }

    /// As stored.
    pub(crate) const fn stored(self) -> u32 {
        self.0
    }

    /// As it was stored.
    pub(crate) fn from_stored(number: u32) -> Option<Self> {
        (number < COUNT.saturating_mul(10) && check(number, 9) == 0).then_some(Self(number))
    }
}

/// What the digits of a number of this length end in, the first of them first.
fn check(number: u32, length: usize) -> u8 {
    format!("{number:0length$}").bytes().fold(0, |row, digit| {
        let digit = usize::from(digit.saturating_sub(b'0'));
        let row = DAMM.get(usize::from(row));
        row.and_then(|row| row.get(digit)).copied().unwrap_or_default()
    })
}

impl TryFrom<String> for CaseNumber {
    type Error = NoCaseNumber;

    /// Also without the dashes.
    fn try_from(text: String) -> Result<Self, NoCaseNumber> {
        let digits: String = text.chars().filter(|letter| *letter != '-').collect();
        if digits.len() != 9 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(NoCaseNumber);
        }
        digits.parse().ok().and_then(Self::from_stored).ok_or(NoCaseNumber)
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0;
        let [first, second, third] = [number / 1_000_000, number / 1_000 % 1_000, number % 1_000];
        write!(f, "{first:03}-{second:03}-{third:03}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written_and_no_misheard_digit_or_swapped_pair_makes_another() {
        // The algorithm's published example.
        assert_eq!(CaseNumber::of(572).to_string(), "000-005-724");
        for number in [0, 1, 572, 12_345_678, 48_392_017, 99_999_999] {
            let case = CaseNumber::of(number);
            let text = case.to_string();
            assert_eq!(CaseNumber::try_from(text.clone()), Ok(case));
            let digits = text.replace('-', "");
            assert_eq!(CaseNumber::try_from(digits.clone()), Ok(case));
            for at in 0..9 {
                for other in b'0'..=b'9' {
                    let mut wrong = digits.clone().into_bytes();
                    wrong[at] = other;
                    let wrong = String::from_utf8(wrong).unwrap();
                    let is_found = wrong != digits;
                    assert_eq!(CaseNumber::try_from(wrong).is_err(), is_found);
                }
            }
            for at in 0..8 {
                let mut swapped = digits.clone().into_bytes();
                swapped.swap(at, at + 1);
                let swapped = String::from_utf8(swapped).unwrap();
                assert_eq!(CaseNumber::try_from(swapped.clone()).is_err(), swapped != digits);
            }
        }
        for text in ["", "48392017", "483-920-17a", "4839201745", "４８３920174"] {
            assert_eq!(CaseNumber::try_from(text.to_owned()), Err(NoCaseNumber), "{text}");
        }
    }
}
