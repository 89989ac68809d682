//! Decimals in codes: amounts of money, and the percentage of a tip.

use values::Money;

use super::code_error::CodeError;

const CHARACTERS_MAX: usize = 13;

/// An amount in Hong Kong dollars.
pub(crate) fn read_amount(text: &str) -> Result<Money, CodeError> {
    let minor_units = read_hundredths(text).ok_or(CodeError::Amount)?;
    Money::hkd(minor_units).map_err(|_| CodeError::Amount)
}

/// A decimal with at most two digits after the point, in hundredths.
pub(crate) fn read_hundredths(text: &str) -> Option<i64> {
    let (whole, parts) = text.split_once('.').unwrap_or((text, ""));
    let is_decimal = text.len() <= CHARACTERS_MAX
        && !whole.is_empty()
        && parts.len() <= 2
        && [whole, parts].concat().bytes().all(|byte| byte.is_ascii_digit());
    if is_decimal { format!("{whole}{parts:0<2}").parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        for (text, minor_units) in
            [("123.45", 12_345), ("123.4", 12_340), ("123.", 12_300), ("123", 12_300), ("0.01", 1)]
        {
            assert_eq!(read_amount(text), Ok(Money::hkd(minor_units).unwrap()), "{text}");
        }
        for text in [
            "",
            ".",
            ".5",
            "0",
            "0.00",
            "-1",
            "+1",
            "1.234",
            "1,5",
            "1.2.3",
            "1e3",
            "99999999999.99",
        ] {
            assert_eq!(read_amount(text), Err(CodeError::Amount), "{text}");
        }
    }
}
