//! Dates that come again. Each is computed from the first, never from the one before it: after 28
//! February the 31st comes back, and after three years 29 February.

use time::{Date, Duration, Month};
use values::{Reference, TextError, code_enum};

code_enum! {
    /// How often a date comes.
    pub(crate) enum Frequency {
        /// Once.
        Once = "once",
        /// On the same day of each week.
        Weekly = "weekly",
        /// On the same day of each month, or on its last if the month is shorter.
        Monthly = "monthly",
        /// On the same day of each year; 29 February is 28 February in other years.
        Yearly = "yearly",
    }
}

const MONTHS_OF_A_YEAR: u32 = 12;

/// Until when dates come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Never,
    /// After this day, on which one may still fall.
    On(Date),
    /// After so many of them.
    After(u32),
}

/// Days in Hong Kong, in their order, numbered from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recurrence {
    pub(crate) frequency: Frequency,
    /// The first date, from which all others are computed.
    pub(crate) starts_on: Date,
    pub(crate) end: End,
}

impl Recurrence {
    /// The most dates that can be asked for by their number: nineteen years of weeks.
    pub(crate) const COUNT_MAX: u32 = 1_000;

    /// The date with this number; none if they end before it.
    pub(crate) fn date(&self, number: u32) -> Option<Date> {
        let date = self.endless(number)?;
        let comes = match self.end {
            End::Never => true,
            End::On(last) => date <= last,
            End::After(count) => number <= count,
        };
        comes.then_some(date)
    }

    /// The first date from a number on that is not before `day`, with its number.
    pub(super) fn next_from(&self, number: u32, day: Date) -> Option<(u32, Date)> {
        let dates = (number..).map_while(|number| Some((number, self.date(number)?)));
        dates.into_iter().find(|(_, date)| *date >= day)
    }

    /// Whether dates come after the last of `other`, which has the same first.
    pub(super) fn outlasts(&self, other: &Self) -> bool {
        match (self.last(), other.last()) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(last), Some(other)) => last > other,
        }
    }

    /// The day after which nothing comes, if there is one.
    fn last(&self) -> Option<Date> {
        match (self.frequency, self.end) {
            (Frequency::Once, _) => Some(self.starts_on),
            (_, End::Never) => None,
            (_, End::On(last)) => Some(last),
            (_, End::After(count)) => self.endless(count),
        }
    }

    fn endless(&self, number: u32) -> Option<Date> {
        let (start, steps) = (self.starts_on, number.checked_sub(1)?);
        match self.frequency {
            Frequency::Once => (steps == 0).then_some(start),
            Frequency::Weekly => start.checked_add(Duration::weeks(steps.into())),
            Frequency::Monthly => months_after(start, steps),
            Frequency::Yearly => months_after(start, steps.checked_mul(MONTHS_OF_A_YEAR)?),
        }
    }

    /// As a payer confirms it, in 25 characters at most: `monthly-20261231`, with the day after
    /// which nothing comes `monthly-20261231-20271231`, with a count `monthly-20261231-x12`.
    pub(crate) fn reference(&self) -> Result<Reference, TextError> {
        let start = format!("{}-{}", self.frequency.code(), compact(self.starts_on));
        Reference::try_from(match self.end {
            End::Never => start,
            End::On(last) => format!("{start}-{}", compact(last)),
            End::After(count) => format!("{start}-x{count}"),
        })
    }
}

/// The same day so many months later, or the last of that month.
fn months_after(start: Date, months: u32) -> Option<Date> {
    let twelve = i64::from(MONTHS_OF_A_YEAR);
    let month = i64::from(start.year()).checked_mul(twelve)?;
    let month = month.checked_add(i64::from(u8::from(start.month())))?.checked_sub(1)?;
    let month = month.checked_add(months.into())?;
    let year = i32::try_from(month.div_euclid(twelve)).ok()?;
    let month = u8::try_from(month.rem_euclid(twelve)).ok()?.checked_add(1)?;
    let month = Month::try_from(month).ok()?;
    Date::from_calendar_date(year, month, start.day().min(month.length(year))).ok()
}

/// `20261231`.
fn compact(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn from(frequency: Frequency, starts_on: Date, end: End) -> Recurrence {
        Recurrence { frequency, starts_on, end }
    }

    #[test]
    fn the_thirty_first_comes_back_after_each_shorter_month() {
        let monthly = from(Frequency::Monthly, date!(2027 - 10 - 31), End::Never);
        let dates: Vec<_> = (1..=7).filter_map(|number| monthly.date(number)).collect();
        let expected = [
            date!(2027 - 10 - 31),
            date!(2027 - 11 - 30),
            date!(2027 - 12 - 31),
            date!(2028 - 01 - 31),
            date!(2028 - 02 - 29),
            date!(2028 - 03 - 31),
            date!(2028 - 04 - 30),
        ];
        assert_eq!(dates, expected);
    }

    #[test]
    fn the_twenty_ninth_of_february_comes_back_after_three_years_or_seven() {
        let yearly = from(Frequency::Yearly, date!(2096 - 02 - 29), End::Never);
        let dates: Vec<_> = [1, 2, 4, 5, 9].into_iter().filter_map(|n| yearly.date(n)).collect();
        let expected = [
            date!(2096 - 02 - 29),
            date!(2097 - 02 - 28),
            date!(2099 - 02 - 28),
            // No leap year.
            date!(2100 - 02 - 28),
            date!(2104 - 02 - 29),
        ];
        assert_eq!(dates, expected);
    }

    #[test]
    fn a_week_has_seven_days_over_every_turn_and_once_is_once() {
        let weekly = from(Frequency::Weekly, date!(2026 - 12 - 30), End::Never);
        assert_eq!(weekly.date(2), Some(date!(2027 - 01 - 06)));
        assert_eq!(weekly.date(105), Some(date!(2028 - 12 - 27)));
        let once = from(Frequency::Once, date!(2026 - 12 - 30), End::Never);
        assert_eq!((once.date(1), once.date(2)), (Some(once.starts_on), None));
        assert_eq!((once.date(0), weekly.date(0)), (None, None));
    }

    #[test]
    fn dates_end_with_their_day_or_their_count_or_the_calendar() {
        let until = |end| from(Frequency::Monthly, date!(2026 - 12 - 31), end);
        for (end, last) in [
            (End::On(date!(2027 - 02 - 28)), 3),
            (End::On(date!(2027 - 02 - 27)), 2),
            (End::On(date!(2026 - 12 - 30)), 0),
            (End::After(1), 1),
        ] {
            let recurrence = until(end);
            assert_eq!(recurrence.date(last + 1), None, "{end:?}");
            assert!(last == 0 || recurrence.date(last).is_some(), "{end:?}");
        }
        assert_eq!(until(End::Never).date(u32::MAX), None);
        assert_eq!(until(End::Never).next_from(1, date!(9999 - 12 - 31)).unwrap().0, 95_677);
    }

    #[test]
    fn what_outlasts_what_is_told_by_the_last_date() {
        let until = |end| from(Frequency::Monthly, date!(2026 - 12 - 31), end);
        let [never, three, february] =
            [End::Never, End::After(3), End::On(date!(2027 - 02 - 27))].map(until);
        assert!(never.outlasts(&three) && three.outlasts(&february));
        assert!(!three.outlasts(&never) && !february.outlasts(&three));
        assert!(!never.outlasts(&never) && !three.outlasts(&three));
    }

    #[test]
    fn a_payer_confirms_the_rule_in_one_short_line() {
        for (frequency, end, line) in [
            (Frequency::Once, End::Never, "once-20261231"),
            (Frequency::Weekly, End::After(1_000), "weekly-20261231-x1000"),
            (Frequency::Yearly, End::Never, "yearly-20261231"),
            (Frequency::Monthly, End::On(date!(2027 - 12 - 31)), "monthly-20261231-20271231"),
        ] {
            let reference = from(frequency, date!(2026 - 12 - 31), end).reference();
            assert_eq!(reference.unwrap().as_str(), line);
        }
    }

    proptest! {
        #[test]
        fn every_date_is_the_anchors_day_or_the_last_of_its_month_and_later_than_the_one_before(
            days in 0..20_000_i64, number in 1..600_u32, is_yearly in any::<bool>(),
        ) {
            let start = date!(2026 - 01 - 01) + Duration::days(days);
            let frequency = if is_yearly { Frequency::Yearly } else { Frequency::Monthly };
            let recurrence = from(frequency, start, End::Never);
            let (date, next) = (recurrence.date(number).unwrap(), recurrence.date(number + 1));
            prop_assert!(next > Some(date));
            let last = date.month().length(date.year());
            prop_assert_eq!(date.day(), start.day().min(last));
            prop_assert!(!is_yearly || date.month() == start.month());
            prop_assert_eq!(recurrence.next_from(1, date), Some((number, date)));
        }
    }
}
