//! What clocks show in Hong Kong, to the minute.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MINUTES_PER_DAY: u16 = 24 * 60;

/// A time of day in Hong Kong: `"22:30"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:30")]
pub struct TimeOfDay(u16);

/// The text is not a time of day.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written as 22:30")]
pub struct TimeOfDayError;

impl TimeOfDay {
    /// None if a day has fewer minutes.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes < MINUTES_PER_DAY).then_some(Self(minutes))
    }

    /// Since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<TimeOfDay, TimeOfDayError> {
        TimeOfDay::try_from(text.to_owned())
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
}
