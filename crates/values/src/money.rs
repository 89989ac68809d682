//! Money: a whole number of minor units (cents) and its currency. What can be paid is positive, a
//! fee can be nothing, what an account holds can be negative.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

crate::code_enum! {
    /// ISO 4217 currency. The wallet holds Hong Kong dollars only.
    pub enum Currency {
        /// Hong Kong dollar, numeric code 344, two decimals.
        HKD = "HKD",
    }
}

/// An amount that can be paid: 1 cent to HK$9,999,999,999.99, the most that a QR code can hold.
///
/// JSON: `{"amount": 12850, "currency": "HKD"}`, the amount in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Unchecked")]
#[schema(example = json!({"amount": 12850, "currency": "HKD"}))]
pub struct Money {
    /// Minor units (cents), at least 1.
    #[schema(minimum = 1, maximum = 999_999_999_999_i64)]
    amount: i64,
    currency: Currency,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    amount: i64,
    currency: Currency,
}

/// Why a number is not an amount of money.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Zero, negative or above [`Money::MINOR_UNITS_MAX`].
    #[error("an amount is between 1 and {} minor units", Money::MINOR_UNITS_MAX)]
    OutOfRange,
    /// Negative or above [`Money::MINOR_UNITS_MAX`].
    #[error("a fee is between 0 and {} minor units", Money::MINOR_UNITS_MAX)]
    FeeOutOfRange,
}

impl Money {
    /// The largest amount, in minor units: 13 characters as a decimal, which is what EMVCo codes
    /// hold.
    pub const MINOR_UNITS_MAX: i64 = 999_999_999_999;

    /// Hong Kong dollars from a number of cents.
    pub fn hkd(minor_units: i64) -> Result<Self, MoneyError> {
        if !(1..=Self::MINOR_UNITS_MAX).contains(&minor_units) {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self { amount: minor_units, currency: Currency::HKD })
    }

    /// Minor units (cents).
    pub const fn minor_units(self) -> i64 {
        self.amount
    }

    /// The currency of this amount.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whole units and decimals without a sign, as payment standards print them: `128.50`.
    pub fn decimal(self) -> String {
        let (dollars, cents) = (self.amount.div_euclid(100), self.amount.rem_euclid(100));
        format!("{dollars}.{cents:02}")
    }
}

impl TryFrom<Unchecked> for Money {
    type Error = MoneyError;

    fn try_from(unchecked: Unchecked) -> Result<Self, MoneyError> {
        match unchecked.currency {
            Currency::HKD => Self::hkd(unchecked.amount),
        }
    }
}

/// What is charged for an operation besides its amount: nothing, or what can be paid.
///
/// JSON: `{"amount": 0, "currency": "HKD"}`, the amount in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Unchecked")]
#[schema(example = json!({"amount": 0, "currency": "HKD"}))]
pub struct Fee {
    /// Minor units (cents).
    #[schema(minimum = 0, maximum = 999_999_999_999_i64)]
    amount: i64,
    currency: Currency,
}

impl Fee {
    /// The operation is free.
    pub const NONE: Self = Self { amount: 0, currency: Currency::HKD };

    /// Hong Kong dollars from a number of cents.
    pub fn hkd(minor_units: i64) -> Result<Self, MoneyError> {
        if !(0..=Money::MINOR_UNITS_MAX).contains(&minor_units) {
            return Err(MoneyError::FeeOutOfRange);
        }
        Ok(Self { amount: minor_units, currency: Currency::HKD })
    }

    /// Minor units (cents).
    pub const fn minor_units(self) -> i64 {
        self.amount
    }
}

impl TryFrom<Unchecked> for Fee {
    type Error = MoneyError;

    fn try_from(unchecked: Unchecked) -> Result<Self, MoneyError> {
        match unchecked.currency {
            Currency::HKD => Self::hkd(unchecked.amount),
        }
    }
}

/// What an account or a sum holds, in the shape of money; it may be zero or negative.
///
/// JSON: `{"amount": -100, "currency": "HKD"}`, the amount in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"amount": 48_000, "currency": "HKD"}))]
pub struct Balance {
    /// Minor units (cents).
    amount: i64,
    currency: Currency,
}

impl Balance {
    /// Hong Kong dollars from a number of cents.
    pub const fn hkd(minor_units: i64) -> Self {
        Self { amount: minor_units, currency: Currency::HKD }
    }
}

impl fmt::Display for Money {
    /// As people read it: `HK$1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let (dollars, cents) = decimal.split_once('.').unwrap_or((&decimal, "00"));
        let mut grouped = String::new();
        for (position, digit) in dollars.chars().enumerate() {
            let remaining = dollars.len().saturating_sub(position);
            if position > 0 && remaining.is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "HK${grouped}.{cents}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_people_and_as_standards_write_it() {
        let price = Money::hkd(12_850).unwrap();
        assert_eq!((price.to_string(), price.decimal()), ("HK$128.50".into(), "128.50".into()));
        assert_eq!(Money::hkd(123_456_705).unwrap().to_string(), "HK$1,234,567.05");
        assert_eq!(Money::hkd(5).unwrap().decimal(), "0.05");
    }

    #[test]
    fn zero_negative_and_absurd_amounts_are_refused() {
        for minor_units in [0, -1, i64::MIN, Money::MINOR_UNITS_MAX + 1, i64::MAX] {
            assert_eq!(Money::hkd(minor_units), Err(MoneyError::OutOfRange));
        }
    }

    #[test]
    fn a_fee_can_be_nothing_but_not_less() {
        assert_eq!(Fee::hkd(0), Ok(Fee::NONE));
        for minor_units in [1, Money::MINOR_UNITS_MAX] {
            assert_eq!(Fee::hkd(minor_units).map(Fee::minor_units), Ok(minor_units));
        }
        for minor_units in [-1, i64::MIN, Money::MINOR_UNITS_MAX + 1, i64::MAX] {
            assert_eq!(Fee::hkd(minor_units), Err(MoneyError::FeeOutOfRange));
        }
        let read = serde_json::from_str::<Fee>;
        assert_eq!(read(r#"{"amount":0,"currency":"HKD"}"#).unwrap(), Fee::NONE);
        for wrong in [
            r#"{"amount":-1,"currency":"HKD"}"#,
            r#"{"amount":0,"currency":"USD"}"#,
            r#"{"amount":0,"currency":"HKD","x":1}"#,
            r#"{"amount":0}"#,
            "0",
            "null",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn json_takes_whole_minor_units_of_a_known_currency_only() {
        let read = serde_json::from_str::<Money>;
        assert_eq!(read(r#"{"amount":1,"currency":"HKD"}"#).unwrap(), Money::hkd(1).unwrap());
        for wrong in [
            r#"{"amount":0,"currency":"HKD"}"#,
            r#"{"amount":1.5,"currency":"HKD"}"#,
            r#"{"amount":"1","currency":"HKD"}"#,
            r#"{"amount":1,"currency":"USD"}"#,
            r#"{"amount":1,"currency":"HKD","x":1}"#,
            r#"{"amount":1}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
