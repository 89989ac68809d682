//! Amounts as the merchant API writes them: dollars, with a point before the cents. They are read
//! from their digits, never through a binary fraction.

use values::Money;

/// The amount that these digits say: dollars, or dollars, a point and one or two digits of cents.
/// `None` for anything else, also for what no amount of ours can be.
pub(crate) fn read_decimal(text: &str) -> Option<Money> {
    let (dollars, cents) = match text.split_once('.') {
        None => (text, ""),
        Some((dollars, cents)) if (1..=2).contains(&cents.len()) => (dollars, cents),
        Some(_) => return None,
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = !dollars.is_empty() && (dollars == "0" || !dollars.starts_with('0'));
    if !is_whole || !are_digits(dollars) || !are_digits(cents) {
        return None;
    }
    let minor_units: i64 = format!("{dollars}{cents:0<2}").parse().ok()?;
    Money::hkd(minor_units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read_to_the_cent() {
        for (text, minor_units) in [
            ("0.01", 1),
            ("0.1", 10),
            ("1", 100),
            ("1.1", 110),
            ("1.10", 110),
            ("128.50", 12_850),
            ("4.35", 435),
            ("1.13", 113),
            ("90071992547.93", 9_007_199_254_793),
        ] {
            let expected = Money::hkd(minor_units).ok();
            assert_eq!(read_decimal(text), expected, "{text}");
        }
        assert_eq!(read_decimal("9999999999.99").map(Money::minor_units), Some(999_999_999_999));
    }

    #[test]
    fn each_amount_is_read_as_it_is_written() {
        for minor_units in (1..30_000).chain([999_999_999_999]) {
            let money = Money::hkd(minor_units).unwrap();
            assert_eq!(read_decimal(&money.decimal()), Some(money));
        }
    }

    #[test]
    fn what_is_no_amount_in_dollars_and_cents_is_refused() {
        for text in [
            "",
            "0",
            "0.00",
            "-1",
            "+1",
            "1.",
            ".5",
            "1.005",
            "1.000",
            "1e2",
            "1E2",
            "01",
            "00.1",
            "1,000",
            " 1",
            "1 ",
            "1.-1",
            "1.+1",
            "１",
            "10000000000.00",
            "99999999999999999999",
            "NaN",
            "null",
            "1.1.1",
            "0x1",
        ] {
            assert_eq!(read_decimal(text), None, "{text}");
        }
    }
}
