//! The days that a report is about.

use time::{Date, Duration, OffsetDateTime};
use values::{HongKongDate, Refusal, hong_kong_midnight};

use super::refusals::PERIOD_INVALID;

/// From one day to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

const WEEK: Duration = Duration::WEEK;
/// Not every day of a calendar has a week before it that MySQL can write.
const YEAR_MIN: i32 = 1970;

impl Period {
    /// A period of so many days at most.
    pub(crate) fn of(
        HongKongDate(first): HongKongDate,
        HongKongDate(last): HongKongDate,
        days_max: i32,
    ) -> Result<Self, Refusal> {
        let nights = last.to_julian_day().saturating_sub(first.to_julian_day());
        let days = nights.saturating_add(1);
        let is_short = (1..=days_max).contains(&days);
        let is_of_this_era = first.year() >= YEAR_MIN;
        (is_short && is_of_this_era).then_some(Self { first, last }).ok_or(PERIOD_INVALID)
    }

    /// Each of its days.
    pub(crate) fn days(self) -> impl Iterator<Item = Date> {
        let next = |day: &Date| day.next_day();
        std::iter::successors(Some(self.first), next).take_while(move |day| *day <= self.last)
    }

    /// Its first moment, and the first after it.
    pub(crate) fn bounds(self) -> (OffsetDateTime, OffsetDateTime) {
        let next = self.last.next_day().unwrap_or(Date::MAX);
        (hong_kong_midnight(self.first), hong_kong_midnight(next))
    }

    /// The same weekdays of the week before.
    pub(crate) fn week_before(self) -> Self {
        Self { first: week_before(self.first), last: week_before(self.last) }
    }
}

/// The same weekday of the week before.
pub(crate) fn week_before(day: Date) -> Date {
    day.saturating_sub(WEEK)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_period_has_its_first_and_its_last_day() {
        let of = |first, last| Period::of(HongKongDate(first), HongKongDate(last), 3);
        let period = of(date!(2026 - 02 - 27), date!(2026 - 03 - 01)).unwrap();
        let days = [date!(2026 - 02 - 27), date!(2026 - 02 - 28), date!(2026 - 03 - 01)];
        assert_eq!(period.days().collect::<Vec<_>>(), days);
        assert_eq!(period.week_before().days().next(), Some(date!(2026 - 02 - 20)));
        let one = of(days[0], days[0]).unwrap();
        assert_eq!(one.days().count(), 1);
    }

    #[test]
    fn a_period_that_is_too_long_or_ends_before_it_begins_is_refused() {
        let of = |first, last| Period::of(HongKongDate(first), HongKongDate(last), 3);
        assert!(of(date!(2026 - 03 - 01), date!(2026 - 03 - 04)).is_err());
        assert!(of(date!(2026 - 03 - 02), date!(2026 - 03 - 01)).is_err());
        assert!(of(date!(1969 - 12 - 31), date!(1970 - 01 - 01)).is_err());
        assert!(of(Date::MAX, Date::MAX).unwrap().days().eq([Date::MAX]));
    }
}
