//! Reads .NET time spans (`hh:mm:ss`, `d.hh:mm:ss`, with an optional fraction), as host.json and
//! function.json write durations.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// A duration written as a .NET time span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeSpan(pub Duration);

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span = parse(&text);
        span.map(Self).ok_or_else(|| de::Error::custom(format!("`{text}` is not a time span")))
    }
}

/// The duration that `text` stands for, or nothing when it is not a (non-negative) time span.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let (days, clock) = match text.split_once(':')?.0.split_once('.') {
        Some((days, _)) => (days.parse().ok()?, text.get(days.len().checked_add(1)?..)?),
        None => (0, text),
    };
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let hours: u64 = hours.parse().ok().filter(|hours| *hours < 24)?;
    let minutes: u64 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..60.0).contains(seconds))?;
    let whole_minutes = (u64::checked_mul(days, 24)?.checked_add(hours)?).checked_mul(60)?;
    let whole_seconds = whole_minutes.checked_add(minutes)?.checked_mul(60)?;
    Duration::from_secs(whole_seconds).checked_add(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_and_day_forms_are_read() {
        assert_eq!(parse("00:00:30"), Some(Duration::from_secs(30)));
        assert_eq!(parse("01:02:03.5"), Some(Duration::from_millis(3_723_500)));
        assert_eq!(parse("2.00:00:01"), Some(Duration::from_secs(172_801)));
    }

    #[test]
    fn other_text_is_not_a_time_span() {
        for text in ["", "30", "00:30", "24:00:00", "00:60:00", "-00:00:01", "1:2:3:4"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
