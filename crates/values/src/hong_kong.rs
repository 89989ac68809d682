//! Hong Kong's calendar, by which people count days.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime, UtcOffset};
use utoipa::ToSchema;

/// Hong Kong keeps this time all year.
const HONG_KONG: UtcOffset = offset!(+8);

/// The day that it is in Hong Kong.
pub fn hong_kong_day(moment: OffsetDateTime) -> Date {
    moment.to_offset(HONG_KONG).date()
}

/// What clocks show there, to the second: `2026-12-31 23:59:59`.
pub fn hong_kong_time(moment: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    // A moment of this era has such a text.
    moment.to_offset(HONG_KONG).format(form).unwrap_or_default()
}

/// When a day begins there.
pub fn hong_kong_midnight(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(HONG_KONG)
}

/// A day in Hong Kong, which is another one elsewhere.
///
/// JSON: `"2026-12-31"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Date, pattern = r"^\d{4}-\d\d-\d\d$")]
#[schema(example = "2026-12-31")]
pub struct HongKongDate(
    /// Of the Gregorian calendar.
    pub Date,
);

impl TryFrom<String> for HongKongDate {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        const LENGTH: usize = 10;
        let form = format_description!("[year]-[month]-[day]");
        let day = Date::parse(&text, form).ok().filter(|_| text.len() == LENGTH);
        day.map(Self).ok_or("a day of the calendar is expected, `2026-12-31`")
    }
}

impl FromStr for HongKongDate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        text.to_owned().try_into()
    }
}

impl From<HongKongDate> for String {
    fn from(HongKongDate(day): HongKongDate) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_there_is_eight_hours_ahead_all_year() {
        for (moment, shown) in [
            (time::macros::datetime!(2026-12-31 15:59:59.999 UTC), "2026-12-31 23:59:59"),
            (time::macros::datetime!(2026-06-30 16:00 UTC), "2026-07-01 00:00:00"),
        ] {
            assert_eq!(hong_kong_time(moment), shown);
        }
    }

    #[test]
    fn a_day_has_one_spelling_and_is_in_the_calendar() {
        for text in ["2026-12-31", "2028-02-29", "0001-01-01"] {
            let day = HongKongDate::try_from(text.to_owned()).unwrap();
            assert_eq!(String::from(day), text);
        }
        for text in [
            "",
            "2026-2-01",
            "2026-02-29",
            "+2026-12-31",
            "20261231",
            "2026-12-31 ",
            "2026-12-31T00:00:00Z",
            "２026-12-31",
        ] {
            assert!(HongKongDate::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
