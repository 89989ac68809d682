//! When a shop is open, by Hong Kong's clocks.

use std::iter;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, Weekday};
use utoipa::ToSchema;
use values::{HongKongDate, Refusal, TimeOfDay, hong_kong_day, hong_kong_midnight};

use super::refusals::{HOURS_OVERLAP, TOO_MANY_HOURS};

const INTERVALS_PER_DAY_MAX: usize = 4;
const SPECIAL_DAYS_MAX: usize = 60;
const MINUTES_PER_DAY: u32 = 24 * 60;
/// How far the next opening is looked for: all special days may be closed, then the week has it.
const DAYS_AHEAD: i64 = 68;

/// Open from one minute to another. It belongs to the day on which it begins: if `until` is not
/// later than `from` it ends on the next day, so `18:00` to `02:00` is a night, `18:00` to `00:00`
/// an evening, and two equal times are 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "11:00", "until": "16:30"}))]
pub(crate) struct OpenInterval {
    /// It is open from this minute on.
    from: TimeOfDay,
    /// From this minute on it is not open any more.
    until: TimeOfDay,
}

impl OpenInterval {
    /// The minutes of its begin and its end since the midnight before.
    fn minutes(self) -> (u32, u32) {
        let (from, until) = (self.from.minutes().into(), self.until.minutes().into());
        (from, if until > from { until } else { MINUTES_PER_DAY.saturating_add(until) })
    }

    fn on(self, day: Date) -> (OffsetDateTime, OffsetDateTime) {
        let after = |minutes: u32| {
            hong_kong_midnight(day).saturating_add(Duration::minutes(minutes.into()))
        };
        let (begin, end) = self.minutes();
        (after(begin), after(end))
    }
}

/// A usual week, at most four intervals a day; on a day without any the shop is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Week {
    monday: Vec<OpenInterval>,
    tuesday: Vec<OpenInterval>,
    wednesday: Vec<OpenInterval>,
    thursday: Vec<OpenInterval>,
    friday: Vec<OpenInterval>,
    saturday: Vec<OpenInterval>,
    sunday: Vec<OpenInterval>,
}

impl Week {
    fn days(&self) -> [&[OpenInterval]; 7] {
        let Self { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = self;
        [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
    }

    fn on(&self, day: Weekday) -> &[OpenInterval] {
        match day {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }
}

/// A date that is not as its weekday: a public holiday, or the shop's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecialDay {
    date: HongKongDate,
    /// At most four intervals, in place of the weekday's; none: closed. What the evening before
    /// began goes on over midnight all the same.
    open: Vec<OpenInterval>,
}

/// What a shop says of when it is open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct OpeningHours {
    /// None: the shop has not said.
    pub(crate) week: Option<Week>,
    pub(crate) special_days: Vec<SpecialDay>,
}

/// How a moment is for whoever stands before the door.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Door {
    /// None: the shop has not said.
    pub(crate) is_open: Option<bool>,
    /// None: not for two months, or the shop has not said.
    pub(crate) changes_at: Option<OffsetDateTime>,
}

impl OpeningHours {
    /// The same, if it can be said.
    pub(crate) fn checked(mut self) -> Result<Self, Refusal> {
        self.special_days.sort_by_key(|special| special.date.0);
        self.check().map(|()| self)
    }

    fn check(&self) -> Result<(), Refusal> {
        let week = self.week.as_ref().map(Week::days);
        let special = || self.special_days.iter().map(|special| special.open.as_slice());
        let mut days = week.into_iter().flatten().chain(special());
        if self.special_days.len() > SPECIAL_DAYS_MAX
            || days.any(|intervals| intervals.len() > INTERVALS_PER_DAY_MAX)
        {
            return Err(TOO_MANY_HOURS);
        }
        // After Sunday comes Monday.
        let circle =
            week.into_iter().flat_map(|days| days.into_iter().chain(days.into_iter().take(1)));
        let is_twice = |[one, next]: &[SpecialDay; 2]| one.date == next.date;
        if overlap(circle)
            || special().any(|intervals| overlap(iter::once(intervals)))
            || self.special_days.array_windows().any(is_twice)
        {
            return Err(HOURS_OVERLAP);
        }
        Ok(())
    }

    /// None: the shop has not said.
    fn on(&self, day: Date) -> Option<&[OpenInterval]> {
        let special = self.special_days.iter().find(|special| special.date.0 == day);
        let usual = || self.week.as_ref().map(|week| week.on(day.weekday()));
        special.map(|special| special.open.as_slice()).or_else(usual)
    }

    /// Whether it is open, and when it closes or opens next.
    pub(crate) fn door(&self, now: OffsetDateTime) -> Door {
        let today = hong_kong_day(now);
        let day = |days: i64| today.saturating_add(Duration::days(days));
        let on = |day: Date| Some((day, self.on(day)?));
        let known = on(day(-1)).into_iter().chain((0..DAYS_AHEAD).map(day).map_while(on));
        let spans = known.flat_map(|(day, open)| open.iter().map(move |interval| interval.on(day)));
        let mut closes_at = None;
        for (begin, end) in spans.filter(|(_, end)| *end > now) {
            match closes_at {
                None if begin > now => {
                    return Door { is_open: Some(false), changes_at: Some(begin) };
                }
                Some(closes) if begin > closes => break,
                None => closes_at = Some(end),
                // It does not close where one interval meets or covers the next.
                Some(closes) => closes_at = Some(end.max(closes)),
            }
        }
        let seen_until = hong_kong_midnight(day(DAYS_AHEAD));
        let is_open = closes_at.map(|_| true).or_else(|| self.on(today).map(|_| false));
        Door { is_open, changes_at: closes_at.filter(|closes| *closes < seen_until) }
    }
}

/// Whether an interval of days in a row begins before the one before it has ended.
fn overlap<'a>(days: impl Iterator<Item = &'a [OpenInterval]>) -> bool {
    let mut midnight = 0_u32;
    let mut ended = 0;
    for intervals in days {
        for (begin, end) in intervals.iter().map(|interval| interval.minutes()) {
            if midnight.saturating_add(begin) < ended {
                return true;
            }
            ended = midnight.saturating_add(end);
        }
        midnight = midnight.saturating_add(MINUTES_PER_DAY);
    }
    false
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn open(intervals: &[(&str, &str)]) -> Vec<OpenInterval> {
        let at = |text: &str| text.to_owned().try_into().unwrap();
        intervals
            .iter()
            .map(|(from, until)| OpenInterval { from: at(from), until: at(until) })
            .collect()
    }

    /// A bar: lunch and evenings on weekdays, nights to Saturday and Sunday, closed on Sunday.
    fn bar() -> OpeningHours {
        let day = open(&[("12:00", "14:30"), ("18:00", "00:00")]);
        let night = open(&[("18:00", "02:00")]);
        let week = Week {
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day,
            friday: night.clone(),
            saturday: night,
            sunday: vec![],
        };
        OpeningHours { week: Some(week), special_days: vec![] }
    }

    fn every_day(intervals: &[(&str, &str)]) -> OpeningHours {
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            std::array::from_fn(|_| open(intervals));
        let week = Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday };
        OpeningHours { week: Some(week), special_days: vec![] }
    }

    fn special(date: Date, intervals: &[(&str, &str)]) -> SpecialDay {
        SpecialDay { date: HongKongDate(date), open: open(intervals) }
    }

    fn is(is_open: bool, changes_at: OffsetDateTime) -> Door {
        Door { is_open: Some(is_open), changes_at: Some(changes_at) }
    }

    #[test]
    fn a_week_has_lunches_evenings_and_nights_over_midnight_in_hong_kong() {
        let bar = bar().checked().unwrap();
        for (now, door) in [
            // 30 November 2026 is a Monday.
            (datetime!(2026-11-30 11:59:59 +8), is(false, datetime!(2026-11-30 12:00 +8))),
            (datetime!(2026-11-30 12:00 +8), is(true, datetime!(2026-11-30 14:30 +8))),
            (datetime!(2026-11-30 14:30 +8), is(false, datetime!(2026-11-30 18:00 +8))),
            (datetime!(2026-11-30 15:59 UTC), is(true, datetime!(2026-12-01 00:00 +8))),
            (datetime!(2026-12-01 00:00 +8), is(false, datetime!(2026-12-01 12:00 +8))),
            (datetime!(2026-12-05 01:59 +8), is(true, datetime!(2026-12-05 02:00 +8))),
            (datetime!(2026-12-06 01:00 +8), is(true, datetime!(2026-12-06 02:00 +8))),
            (datetime!(2026-12-06 02:00 +8), is(false, datetime!(2026-12-07 12:00 +8))),
        ] {
            assert_eq!(bar.door(now), door, "{now}");
        }
    }

    #[test]
    fn a_special_day_takes_the_place_of_its_weekday_but_the_night_before_goes_on() {
        let special_days = vec![
            special(date!(2026 - 12 - 25), &[("09:00", "10:00")]),
            special(date!(2026 - 12 - 05), &[]),
            special(date!(2026 - 12 - 19), &[("00:30", "01:00")]),
        ];
        let bar = OpeningHours { special_days, ..bar() }.checked().unwrap();
        assert_eq!(bar.special_days[0].date.0, date!(2026 - 12 - 05));
        for (now, door) in [
            (datetime!(2026-12-05 01:00 +8), is(true, datetime!(2026-12-05 02:00 +8))),
            (datetime!(2026-12-05 02:00 +8), is(false, datetime!(2026-12-07 12:00 +8))),
            // That night covers what the special day would open.
            (datetime!(2026-12-19 00:45 +8), is(true, datetime!(2026-12-19 02:00 +8))),
            (datetime!(2026-12-25 08:00 +8), is(false, datetime!(2026-12-25 09:00 +8))),
            (datetime!(2026-12-25 18:00 +8), is(false, datetime!(2026-12-26 18:00 +8))),
        ] {
            assert_eq!(bar.door(now), door, "{now}");
        }
        let all_closed = (0..60).map(|n| special(date!(2026 - 12 - 01) + Duration::days(n), &[]));
        let away =
            OpeningHours { special_days: all_closed.collect(), ..every_day(&[("09:00", "10:00")]) };
        let back = datetime!(2027-01-30 09:00 +8);
        assert_eq!(away.checked().unwrap().door(datetime!(2026-12-01 00:00 +8)), is(false, back));
    }

    #[test]
    fn intervals_that_meet_are_one_and_a_shop_may_never_close_or_never_open() {
        let now = datetime!(2026-11-30 09:00 +8);
        for always in [
            &[("00:00", "00:00")][..],
            &[("09:30", "09:30")],
            &[("06:00", "18:00"), ("18:00", "06:00")],
        ] {
            let mut always = every_day(always);
            assert_eq!(
                always.clone().checked().unwrap().door(now),
                Door { is_open: Some(true), changes_at: None }
            );
            always.special_days = vec![special(date!(2026 - 12 - 24), &[("00:00", "17:00")])];
            assert_eq!(always.door(now), is(true, datetime!(2026-12-24 17:00 +8)));
        }
        assert_eq!(every_day(&[]).door(now), Door { is_open: Some(false), changes_at: None });
    }

    #[test]
    fn of_what_is_not_said_nothing_is_told() {
        let unknown = Door { is_open: None, changes_at: None };
        let now = datetime!(2026-12-24 12:00 +8);
        assert_eq!(OpeningHours::default().door(now), unknown);
        let special_days = vec![special(date!(2026 - 12 - 25), &[("20:00", "01:00")])];
        let one_day = OpeningHours { week: None, special_days }.checked().unwrap();
        let end = datetime!(2026-12-26 01:00 +8);
        for (now, door) in [
            (now, unknown),
            (datetime!(2026-12-25 19:00 +8), is(false, datetime!(2026-12-25 20:00 +8))),
            (datetime!(2026-12-26 00:30 +8), is(true, end)),
        ] {
            assert_eq!(one_day.door(now), door, "{now}");
        }
        assert_eq!(one_day.door(end), Door { is_open: None, changes_at: None });
    }

    #[test]
    fn what_overlaps_or_is_too_much_is_refused() {
        for overlapping in [
            every_day(&[("09:00", "12:00"), ("11:59", "13:00")]),
            every_day(&[("14:00", "18:00"), ("09:00", "12:00")]),
            every_day(&[("08:00", "08:01"), ("09:00", "08:01")]),
        ] {
            assert_eq!(overlapping.checked(), Err(HOURS_OVERLAP));
        }
        let mut wraps = bar();
        if let Some(week) = &mut wraps.week {
            week.sunday = open(&[("20:00", "12:01")]);
        }
        assert_eq!(wraps.checked(), Err(HOURS_OVERLAP));
        let twice = vec![special(date!(2026 - 12 - 25), &[]); 2];
        let twice = OpeningHours { week: None, special_days: twice };
        assert_eq!(twice.checked(), Err(HOURS_OVERLAP));
        let five = ["01:00", "02:00", "03:00", "04:00", "05:00"].map(|hour| (hour, "05:30"));
        assert_eq!(every_day(&five).checked(), Err(TOO_MANY_HOURS));
        let days = (0..61).map(|n| special(date!(2026 - 12 - 01) + Duration::days(n), &[]));
        let many = OpeningHours { week: None, special_days: days.collect() };
        assert_eq!(many.checked(), Err(TOO_MANY_HOURS));
    }
}
