//! When a person is left alone: pushes wait, and the inbox takes what comes.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{hong_kong_day, hong_kong_midnight};

const MINUTES_PER_DAY: u16 = 24 * 60;

/// A time of day in Hong Kong: `"22:30"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:30")]
pub(crate) struct TimeOfDay(u16);

/// The text is not a time of day.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written as 22:30")]
pub(crate) struct TimeOfDayError;

impl TimeOfDay {
    /// None if a day has fewer minutes.
    pub(crate) fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes < MINUTES_PER_DAY).then_some(Self(minutes))
    }

    /// Since midnight.
    pub(crate) const fn minutes(self) -> u16 {
        self.0
    }

    /// The first time after `moment` that clocks show it.
    fn next_after(self, moment: OffsetDateTime) -> OffsetDateTime {
        let midnight = hong_kong_midnight(hong_kong_day(moment));
        let today = midnight.saturating_add(Duration::minutes(self.0.into()));
        if today > moment { today } else { today.saturating_add(Duration::DAY) }
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<Self, TimeOfDayError> {
        let two = |at: &str| -> Option<u16> {
            let is_number = at.len() == 2 && at.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| at.parse().ok()).flatten()
        };
        let (hours, minutes) = text.split_once(':').ok_or(TimeOfDayError)?;
        let (hours, minutes) = two(hours).zip(two(minutes)).ok_or(TimeOfDayError)?;
        if minutes >= 60 {
            return Err(TimeOfDayError);
        }
        Self::from_minutes(hours.saturating_mul(60).saturating_add(minutes)).ok_or(TimeOfDayError)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}

/// Each day from one time to another, over midnight if the second is the earlier one. Two equal
/// times are the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietHours {
    /// Pushes wait from this minute on.
    pub(crate) from: TimeOfDay,
    /// From this minute on they do not wait any more.
    pub(crate) until: TimeOfDay,
}

impl QuietHours {
    /// When the person can be pushed to again; none if they can be now.
    pub(crate) fn end(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let (begins, ends) = (self.from.next_after(now), self.until.next_after(now));
        // Whoever is in them comes to their end before they begin once more.
        (ends <= begins).then_some(ends)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn at(text: &str) -> Result<TimeOfDay, TimeOfDayError> {
        TimeOfDay::try_from(text.to_owned())
    }

    fn quiet(from: &str, until: &str) -> QuietHours {
        QuietHours { from: at(from).unwrap(), until: at(until).unwrap() }
    }

    #[test]
    fn a_time_of_day_is_four_digits_that_clocks_show() {
        for text in ["00:00", "09:05", "23:59"] {
            assert_eq!(String::from(at(text).unwrap()), text);
        }
        for text in ["", "24:00", "9:05", "09:5", "09:60", "+9:05", "0905", "09:05:00", "９９:05"]
        {
            assert_eq!(at(text), Err(TimeOfDayError), "{text}");
        }
        assert_eq!(TimeOfDay::from_minutes(1440), None);
    }

    #[test]
    fn a_night_begins_in_the_evening_and_ends_the_next_morning_in_hong_kong() {
        let night = quiet("22:00", "07:30");
        let morning = datetime!(2026-11-30 07:30 +8);
        for (now, end) in [
            (datetime!(2026-11-29 21:59:59.999 +8), None),
            (datetime!(2026-11-29 22:00 +8), Some(morning)),
            (datetime!(2026-11-30 00:00 +8), Some(morning)),
            (datetime!(2026-11-30 07:29:59 +8), Some(morning)),
            (datetime!(2026-11-30 07:30 +8), None),
            // The same evening, as Greenwich writes it.
            (datetime!(2026-11-29 14:00 UTC), Some(morning)),
            (datetime!(2026-11-29 22:00 UTC), Some(morning)),
        ] {
            assert_eq!(night.end(now), end, "{now}");
        }
    }

    #[test]
    fn quiet_hours_may_be_within_a_day_or_all_of_it() {
        let lunch = quiet("12:00", "13:00");
        assert_eq!(lunch.end(datetime!(2026-11-30 11:59 +8)), None);
        let one = datetime!(2026-11-30 13:00 +8);
        assert_eq!(lunch.end(datetime!(2026-11-30 12:00 +8)), Some(one));
        assert_eq!(lunch.end(one), None);
        let always = quiet("09:00", "09:00");
        let nine = datetime!(2026-12-01 09:00 +8);
        assert_eq!(always.end(datetime!(2026-11-30 09:00 +8)), Some(nine));
        assert_eq!(always.end(datetime!(2026-12-01 08:59 +8)), Some(nine));
    }
}
