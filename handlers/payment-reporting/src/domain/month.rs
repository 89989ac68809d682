//! A month of Hong Kong's calendar.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use time::{Date, Month, OffsetDateTime};
use utoipa::ToSchema;
use values::hong_kong_midnight;

/// A month in Hong Kong.
///
/// JSON: `"2026-11"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = r"^\d{4}-\d\d$", example = "2026-11")]
pub(crate) struct HongKongMonth(
    /// Its first day.
    Date,
);

impl HongKongMonth {
    /// Its first moment, and the first after it.
    pub(crate) fn bounds(self) -> (OffsetDateTime, OffsetDateTime) {
        let Self(first) = self;
        let last = first.replace_day(first.month().length(first.year()));
        let next = last.ok().and_then(Date::next_day).unwrap_or(Date::MAX);
        (hong_kong_midnight(first), hong_kong_midnight(next))
    }

    /// How many months there are from this one to another, both included; `None` if that is before.
    pub(crate) fn months_to(self, last: Self) -> Option<u16> {
        let months = last.number().saturating_sub(self.number());
        u16::try_from(months).ok()?.checked_add(1)
    }

    /// So many months before.
    pub(crate) fn before(self, months: u16) -> Self {
        let number = self.number().saturating_sub(i32::from(months));
        let of_year = u8::try_from(number.rem_euclid(MONTHS)).unwrap_or_default();
        let month = Month::January.nth_next(of_year);
        // Before the calendar there is nothing, nor was anything spent.
        let first = Date::from_calendar_date(number.div_euclid(MONTHS), month, 1);
        Self(first.unwrap_or(Date::MIN))
    }

    /// Of all months, one after the other.
    fn number(self) -> i32 {
        let Self(first) = self;
        let of_year = i32::from(u8::from(first.month())).saturating_sub(1);
        first.year().saturating_mul(MONTHS).saturating_add(of_year)
    }
}

/// Of a year.
const MONTHS: i32 = 12;

impl TryFrom<String> for HongKongMonth {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for HongKongMonth {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a month is expected, `2026-11`";
        let (year, month) = text.split_once('-').ok_or(wrong)?;
        let are_digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if year.len() != 4 || month.len() != 2 || !are_digits {
            return Err(wrong);
        }
        let month: u8 = month.parse().map_err(|_| wrong)?;
        let month = Month::try_from(month).map_err(|_| wrong)?;
        let year = year.parse().map_err(|_| wrong)?;
        let first_day = Date::from_calendar_date(year, month, 1).map_err(|_| wrong)?;
        Ok(Self(first_day))
    }
}

impl fmt::Display for HongKongMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), u8::from(self.0.month()))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_month_begins_and_ends_at_midnight_in_hong_kong() {
        let december: HongKongMonth = "2026-12".parse().unwrap();
        let (from, before) = december.bounds();
        assert_eq!(from, datetime!(2026-11-30 16:00 UTC));
        assert_eq!(before, datetime!(2026-12-31 16:00 UTC));
        assert_eq!(december.to_string(), "2026-12");
    }

    #[test]
    fn months_are_counted_over_the_ends_of_years() {
        let month = |text: &str| text.parse::<HongKongMonth>().unwrap();
        assert_eq!(month("2026-11").months_to(month("2026-11")), Some(1));
        assert_eq!(month("2025-12").months_to(month("2026-11")), Some(12));
        assert_eq!(month("2026-11").months_to(month("2026-10")), None);
        assert_eq!(month("0000-01").months_to(month("9999-12")), None);
        assert_eq!(month("2026-02").before(1), month("2026-01"));
        assert_eq!(month("2026-02").before(3), month("2025-11"));
        assert_eq!(month("2026-12").before(12), month("2025-12"));
    }

    #[test]
    fn a_month_has_one_spelling() {
        for text in ["", "2026", "2026-13", "2026-00", "2026-1", "+026-11", "2026-11-01", "26-11"] {
            assert!(text.parse::<HongKongMonth>().is_err(), "{text}");
        }
    }
}
