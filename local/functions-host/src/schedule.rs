//! Timer schedules: six-field NCRONTAB expressions and `hh:mm:ss` intervals, in UTC.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use time::{Date, OffsetDateTime, Time, UtcOffset};

use crate::time_span;

/// An expression without an occurrence in this many days (29 February included) never fires.
const HORIZON_DAYS: u16 = 366 * 8;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Why a schedule cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum ScheduleError {
    /// Neither six fields nor a time span.
    #[error("`{0}` is neither a six-field NCRONTAB expression nor hh:mm:ss")]
    Shape(String),
    /// A field holds something other than numbers, names, `*`, `-`, `,` and `/` in its range.
    #[error("`{0}` is not a valid field of an NCRONTAB expression")]
    Field(String),
}

/// When a timer fires.
#[derive(Debug, PartialEq)]
pub(crate) enum Schedule {
    /// Again and again after this long.
    Every(Duration),
    /// At the times that an NCRONTAB expression describes.
    Cron(Box<Cron>),
}

/// The allowed values of each field, ascending.
#[derive(Debug, PartialEq)]
pub(crate) struct Cron {
    seconds: Vec<u8>,
    minutes: Vec<u8>,
    hours: Vec<u8>,
    days: Vec<u8>,
    months: Vec<u8>,
    weekdays: Vec<u8>,
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if let Some(every) = time_span::parse(text).filter(|every| !every.is_zero()) {
            return Ok(Self::Every(every));
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [seconds, minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(ScheduleError::Shape(text.to_owned()));
        };
        Ok(Self::Cron(Box::new(Cron {
            seconds: field(seconds, 0, 59, &[])?,
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: field(weekdays, 0, 6, &WEEKDAYS)?,
        })))
    }
}

impl Schedule {
    /// The first occurrence after `now`, or nothing when there is none.
    pub(crate) fn next_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        match self {
            Self::Every(interval) => now.checked_add((*interval).try_into().ok()?),
            Self::Cron(cron) => cron.next_after(now.to_offset(UtcOffset::UTC)),
        }
    }

    /// How long after `now` the next occurrence is.
    pub(crate) fn wait_after(&self, now: OffsetDateTime) -> Option<Duration> {
        SystemTime::from(self.next_after(now)?).duration_since(now.into()).ok()
    }
}

impl Cron {
    fn next_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let earliest = now.replace_nanosecond(0).ok()?.checked_add(time::Duration::SECOND)?;
        let mut date = earliest.date();
        let mut from = earliest.time();
        for _ in 0..HORIZON_DAYS {
            let time = self.allows_date(date).then(|| self.first_time(from)).flatten();
            if let Some(time) = time {
                return Some(date.with_time(time).assume_utc());
            }
            date = date.next_day()?;
            from = Time::MIDNIGHT;
        }
        None
    }

    fn allows_date(&self, date: Date) -> bool {
        self.months.contains(&u8::from(date.month()))
            && self.days.contains(&date.day())
            && self.weekdays.contains(&date.weekday().number_days_from_sunday())
    }

    fn first_time(&self, from: Time) -> Option<Time> {
        let first = |values: &[u8], least| values.iter().copied().find(|value| *value >= least);
        let (hour, minute, second) = from.as_hms();
        if self.hours.contains(&hour) {
            if self.minutes.contains(&minute)
                && let Some(second) = first(&self.seconds, second)
            {
                return Time::from_hms(hour, minute, second).ok();
            }
            if let Some(minute) = first(&self.minutes, minute.saturating_add(1)) {
                return Time::from_hms(hour, minute, first(&self.seconds, 0)?).ok();
            }
        }
        let hour = first(&self.hours, hour.saturating_add(1))?;
        Time::from_hms(hour, first(&self.minutes, 0)?, first(&self.seconds, 0)?).ok()
    }
}

/// Values that one field allows, from `least` to `most`; `names` stand for numbers from `least`.
fn field(text: &str, least: u8, most: u8, names: &[&str]) -> Result<Vec<u8>, ScheduleError> {
    let wrong = || ScheduleError::Field(text.to_owned());
    let number = |text: &str| {
        let name = text.to_ascii_lowercase();
        let by_name = names.iter().zip(least..).find(|(known, _)| **known == name);
        let value = by_name.map(|(_, value)| value).or_else(|| text.parse().ok());
        value.filter(|value| (least..=most).contains(value)).ok_or_else(wrong)
    };
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let (first, last) = match (range, range.split_once('-')) {
            ("*", _) => (least, most),
            (_, Some((first, last))) => (number(first)?, number(last)?),
            // `5/10` counts from 5 to the end.
            (_, None) if step.is_some() => (number(range)?, most),
            (_, None) => (number(range)?, number(range)?),
        };
        let step: usize = step.unwrap_or("1").parse().map_err(|_| wrong())?;
        if step == 0 || first > last {
            return Err(wrong());
        }
        values.extend((first..=last).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    Ok(values)
}

#[cfg(test)]
mod tests {
    use time::format_description::well_known::Rfc3339;

    use super::*;

    fn next(schedule: &str, now: &str) -> Option<String> {
        let schedule: Schedule = schedule.parse().unwrap();
        let now = OffsetDateTime::parse(now, &Rfc3339).unwrap();
        schedule.next_after(now).map(|next| next.format(&Rfc3339).unwrap())
    }

    #[test]
    fn occurrences_are_the_first_after_now() {
        let cases = [
            ("*/5 * * * * *", "2026-01-02T03:04:05Z", "2026-01-02T03:04:10Z"),
            ("*/5 * * * * *", "2026-01-02T03:04:59.9Z", "2026-01-02T03:05:00Z"),
            ("0 */5 * * * *", "2026-01-02T03:05:00Z", "2026-01-02T03:10:00Z"),
            ("30 10 2 * * *", "2026-12-31T23:59:59Z", "2027-01-01T02:10:30Z"),
            ("0 0 9-17/4 * * MON-FRI", "2026-11-20T17:30:00Z", "2026-11-23T09:00:00Z"),
            ("0 0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 30 9 * Jan,Jul 1", "2026-02-01T00:00:00Z", "2026-07-06T09:30:00Z"),
            ("5/20 * * * * *", "2026-01-02T03:04:45Z", "2026-01-02T03:05:05Z"),
            ("01:30:00", "2026-01-02T03:04:05Z", "2026-01-02T04:34:05Z"),
        ];
        for (schedule, now, expected) in cases {
            assert_eq!(next(schedule, now).as_deref(), Some(expected), "{schedule}");
        }
    }

    #[test]
    fn a_day_that_never_comes_never_fires() {
        assert_eq!(next("0 0 0 31 2 *", "2026-01-01T00:00:00Z"), None);
    }

    #[test]
    fn malformed_schedules_are_refused() {
        for text in ["", "* * * * *", "00:00:00"] {
            assert!(matches!(text.parse::<Schedule>(), Err(ScheduleError::Shape(_))), "{text}");
        }
        for text in ["60 * * * * *", "* * 5-1 * * *", "*/0 * * * * *", "* * * * foo *"] {
            assert!(matches!(text.parse::<Schedule>(), Err(ScheduleError::Field(_))), "{text}");
        }
    }
}
