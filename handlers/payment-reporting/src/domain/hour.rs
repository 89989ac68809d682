//! An hour of a day in Hong Kong: what takings are counted by.

use time::{Date, Duration, OffsetDateTime, UtcOffset};
use values::{hong_kong_day, hong_kong_midnight};

/// An hour of Hong Kong's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hour {
    pub(crate) day: Date,
    /// 0 to 23.
    pub(crate) hour: u8,
}

impl Hour {
    /// The hour that a moment is in.
    pub(crate) fn of(moment: OffsetDateTime) -> Self {
        let day = hong_kong_day(moment);
        Self { day, hour: moment.to_offset(hong_kong_midnight(day).offset()).hour() }
    }

    /// All hours of a day.
    pub(crate) fn all_of(day: Date) -> impl Iterator<Item = Self> {
        (0..24).map(move |hour| Self { day, hour })
    }

    /// Its first moment, and the first after it.
    pub(crate) fn bounds(self) -> (OffsetDateTime, OffsetDateTime) {
        let midnight = hong_kong_midnight(self.day).to_offset(UtcOffset::UTC);
        let begins = midnight.saturating_add(Duration::hours(self.hour.into()));
        (begins, begins.saturating_add(Duration::HOUR))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn an_hour_begins_and_ends_by_the_clocks_of_hong_kong() {
        let last = Hour { day: date!(2026 - 12 - 31), hour: 23 };
        let (begins, ends) = last.bounds();
        assert_eq!(begins, datetime!(2026-12-31 15:00 UTC));
        assert_eq!(ends, datetime!(2026-12-31 16:00 UTC));
        assert_eq!(Hour::of(begins), last);
        assert_eq!(Hour::of(ends - Duration::NANOSECOND), last);
        assert_eq!(Hour::of(ends), Hour { day: date!(2027 - 01 - 01), hour: 0 });
    }

    #[test]
    fn a_day_has_each_hour_once() {
        let hours: Vec<Hour> = Hour::all_of(date!(2026 - 06 - 30)).collect();
        assert_eq!(hours.len(), 24);
        assert!(hours.windows(2).all(|pair| pair[0].bounds().1 == pair[1].bounds().0));
    }
}
