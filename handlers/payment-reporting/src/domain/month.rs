//! A month of Hong Kong's calendar.

use std::fmt;
use std::str::FromStr;

use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use values::hong_kong_midnight;

/// A month in Hong Kong.
///
/// JSON: `"2026-11"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
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
        let month = time::Month::try_from(month).map_err(|_| wrong)?;
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
    fn a_month_has_one_spelling() {
        for text in ["", "2026", "2026-13", "2026-00", "2026-1", "+026-11", "2026-11-01", "26-11"] {
            assert!(text.parse::<HongKongMonth>().is_err(), "{text}");
        }
    }
}
