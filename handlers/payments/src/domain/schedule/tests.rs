//! How a schedule goes from date to date.

use time::macros::{date, datetime};

use super::*;
use crate::domain::literal_books::hkd;

/// Three in the afternoon in Hong Kong.
const MADE: OffsetDateTime = datetime!(2027-01-10 07:00 UTC);
/// Nine in the morning of the 31st there.
const DUE: OffsetDateTime = datetime!(2027-01-31 01:00 UTC);
const FIRST: Date = date!(2027 - 01 - 31);
const SECOND: Date = date!(2027 - 02 - 28);
const HOUR: Duration = Duration::HOUR;
const DAY: Duration = Duration::DAY;

fn with(frequency: Frequency, end: End) -> Schedule {
    let recurrence = Recurrence { frequency, starts_on: FIRST, end };
    let date = Schedule::require_dates(&recurrence, MADE).unwrap();
    let schedule = Schedule {
        id: ScheduleId::new(),
        kind: ScheduleKind::Payment,
        owner: UserId::new(),
        other: Person { id: UserId::new(), name: "小明".to_owned() },
        amount: hkd(5_000),
        note: None,
        recurrence,
        status: ScheduleStatus::Active,
        version: 1,
        number: 1,
        delay: None,
        act_at: MADE,
        skips: 0,
        confirmed_by: Some(ConfirmedBy::Device),
        limited_until: None,
        created_at: MADE,
        ended_at: None,
    };
    schedule.waiting_for(1, date, MADE)
}

fn monthly() -> Schedule {
    with(Frequency::Monthly, End::Never)
}

#[test]
fn a_date_is_told_a_day_ahead_and_kept_from_nine_in_the_morning() {
    let schedule = monthly();
    assert_eq!(schedule.act_at, DUE - DAY);
    assert_eq!(schedule.step(DUE - DAY - Duration::MICROSECOND), Step::Nothing);
    assert_eq!(schedule.step(DUE - DAY), Step::Announce(FIRST));
    // Late, but still ahead.
    assert_eq!(schedule.step(DUE - Duration::SECOND), Step::Announce(FIRST));
    let schedule = schedule.announced(FIRST);
    assert_eq!(schedule.step(DUE - Duration::MICROSECOND), Step::Nothing);
    assert_eq!(schedule.step(DUE), Step::Keep(FIRST));
    let schedule = schedule.kept(DUE);
    assert_eq!((schedule.number, schedule.next_date()), (2, Some(SECOND)));
    assert_eq!(schedule.act_at, datetime!(2027-02-27 01:00 UTC));
    assert_eq!((schedule.version, schedule.status), (1, ScheduleStatus::Active));
}

#[test]
fn who_decides_on_a_date_less_than_a_day_ahead_is_not_told_that_it_comes() {
    let recurrence = monthly().recurrence;
    let late = monthly().waiting_for(1, FIRST, DUE - DAY);
    assert_eq!((late.act_at, late.step(DUE - HOUR)), (DUE, Step::Nothing));
    // The first date is tomorrow at the earliest, by Hong Kong's calendar.
    let evening = datetime!(2027-01-30 15:59:59 UTC);
    assert_eq!(Schedule::require_dates(&recurrence, evening), Ok(FIRST));
    let refused = Schedule::require_dates(&recurrence, evening + Duration::SECOND).unwrap_err();
    assert_eq!(refused.code(), SCHEDULE_START_INVALID.code());
    let too_far = Recurrence { starts_on: FIRST + 4 * 366 * DAY, ..recurrence };
    assert!(Schedule::require_dates(&too_far, evening).is_err());
    assert!(Schedule::require_dates(&too_far, evening + DAY).is_ok());
}

#[test]
fn what_cannot_be_kept_is_tried_each_hour_until_the_day_ends_and_then_skipped() {
    let mut schedule = monthly().announced(FIRST);
    let (mut now, mut tries) = (DUE, 0);
    while let Step::Keep(date) = schedule.step(now) {
        assert_eq!(date, FIRST);
        schedule = schedule.delayed("insufficient-funds", now);
        assert_eq!(schedule.step(schedule.act_at - Duration::MICROSECOND), Step::Nothing);
        (now, tries) = (schedule.act_at, tries + 1);
    }
    assert_eq!((tries, now), (15, datetime!(2027-01-31 16:00 UTC)));
    assert_eq!(schedule.step(now), Step::Skip(FIRST, "insufficient-funds".to_owned()));
    // However late that is written, also when another date has come.
    let much_later = DUE + 40 * DAY;
    assert_eq!(schedule.step(much_later), Step::Skip(FIRST, "insufficient-funds".to_owned()));
    let schedule = schedule.skipped("insufficient-funds", now);
    assert_eq!((schedule.skips, schedule.number, &schedule.delay), (1, 2, &None));
    // The last try is not made later than the day ends.
    let late = monthly().delayed("wallet-frozen", datetime!(2027-01-31 15:30 UTC));
    assert_eq!(late.act_at, datetime!(2027-01-31 16:00 UTC));
}

#[test]
fn of_several_dates_that_came_meanwhile_only_the_last_is_kept_whatever_day_it_is() {
    let mut schedule = monthly();
    let back = datetime!(2027-04-15 20:00 UTC);
    let mut skipped = Vec::new();
    while let Step::Skip(date, reason) = schedule.step(back) {
        assert_eq!(reason, MISSED);
        skipped.push(date);
        schedule = schedule.skipped(&reason, back);
    }
    assert_eq!(skipped, [FIRST, SECOND]);
    assert_eq!(schedule.step(back), Step::Keep(date!(2027 - 03 - 31)));
    // That was nobody's fault, so it counts for nothing.
    assert_eq!((schedule.skips, schedule.status), (0, ScheduleStatus::Active));
    // If it cannot be kept, it is tried until that day ends.
    let delayed = schedule.clone().delayed("insufficient-funds", back);
    assert_eq!(delayed.delay.unwrap().until, datetime!(2027-04-16 16:00 UTC));
    let kept = schedule.kept(back);
    assert_eq!(kept.step(back), Step::Nothing);
    assert_eq!(kept.next_date(), Some(date!(2027 - 04 - 30)));
}

#[test]
fn after_three_dates_in_a_row_that_were_skipped_it_is_paused_and_told() {
    let mut schedule = monthly();
    for skips in 1..SKIPS_MAX {
        schedule = schedule.skipped("payee-unavailable", DUE);
        assert_eq!((schedule.skips, schedule.stopped_event()), (skips, None));
    }
    // One that is kept in between begins anew.
    let kept = schedule.clone().kept(DUE);
    assert_eq!((kept.skips, kept.skipped("any", DUE).status), (0, ScheduleStatus::Active));
    let schedule = schedule.skipped("payee-unavailable", DUE);
    assert_eq!((schedule.status, schedule.version), (ScheduleStatus::Paused, 2));
    assert_eq!(schedule.stopped_event().unwrap().status, "paused");
    assert_eq!(schedule.step(DUE + 400 * DAY), Step::Nothing);
    let resumed = schedule.resumed(DUE).unwrap();
    assert_eq!((resumed.skips, resumed.version), (0, 3));
}

#[test]
fn after_its_last_date_it_has_ended_and_only_what_comes_again_says_so() {
    let last = with(Frequency::Monthly, End::After(1)).kept(DUE);
    assert_eq!((last.status, last.ended_at), (ScheduleStatus::Ended, Some(DUE)));
    assert_eq!((last.next_date(), last.version), (None, 2));
    assert_eq!(last.stopped_event().unwrap().status, "ended");
    let once = with(Frequency::Once, End::Never);
    assert_eq!(once.clone().kept(DUE).stopped_event(), None);
    let skipped = once.skipped("wallet-frozen", DUE);
    assert_eq!((skipped.status, skipped.stopped_event()), (ScheduleStatus::Ended, None));
}

#[test]
fn dates_go_by_while_it_is_paused_and_today_still_counts() {
    let paused = monthly().announced(FIRST).delayed("any", DUE).paused().unwrap();
    assert_eq!((paused.status, paused.version, &paused.delay), (ScheduleStatus::Paused, 2, &None));
    assert_eq!(paused.clone().paused().unwrap(), paused);
    assert_eq!(paused.step(DUE + 400 * DAY), Step::Nothing);
    let today = paused.clone().resumed(DUE + HOUR).unwrap();
    assert_eq!((today.version, today.step(DUE + HOUR)), (3, Step::Keep(FIRST)));
    assert_eq!(today.clone().resumed(DUE + HOUR).unwrap(), today);
    let later = paused.clone().resumed(DUE + DAY).unwrap();
    assert_eq!((later.number, later.next_date()), (2, Some(SECOND)));
    let much_later = paused.resumed(DUE + 200 * DAY).unwrap();
    assert_eq!(much_later.next_date(), Some(date!(2027 - 08 - 31)));
    let over = with(Frequency::Monthly, End::After(2)).paused().unwrap();
    let over = over.resumed(DUE + 200 * DAY).unwrap();
    assert_eq!((over.status, over.next_date()), (ScheduleStatus::Ended, None));
}

#[test]
fn what_has_ended_is_ended_for_good() {
    let ended = monthly().ended(DUE);
    assert_eq!((ended.status, ended.version), (ScheduleStatus::Ended, 2));
    assert_eq!(ended.clone().ended(DUE + HOUR), ended);
    assert_eq!(ended.clone().paused(), Err(SCHEDULE_ENDED));
    assert_eq!(ended.clone().resumed(DUE), Err(SCHEDULE_ENDED));
    assert_eq!(ended.clone().changed(hkd(1), None, End::Never), Err(SCHEDULE_ENDED));
    assert_eq!(ended.step(DUE + DAY), Step::Nothing);
}

#[test]
fn what_gives_more_is_confirmed_anew_and_what_leaves_no_date_is_refused() {
    let schedule = with(Frequency::Monthly, End::After(12));
    let note = Some("房租".to_owned().try_into().unwrap());
    for (amount, note, end, gives_more) in [
        (5_000, note, End::After(12), false),
        (4_999, None, End::After(11), false),
        (5_000, None, End::On(date!(2027 - 12 - 31)), false),
        (5_001, None, End::After(1), true),
        (1, None, End::After(13), true),
        (1, None, End::On(date!(2028 - 01 - 01)), true),
        (1, None, End::Never, true),
    ] {
        let changed = schedule.clone().changed(hkd(amount), note, end).unwrap();
        assert_eq!(changed.version, 2);
        assert_eq!(changed.gives_more_than(&schedule), gives_more, "{amount} {end:?}");
    }
    let same = schedule.clone().changed(hkd(5_000), None, End::After(12)).unwrap();
    assert_eq!(same, schedule);
    let request = Schedule { kind: ScheduleKind::Request, ..schedule.clone() };
    assert!(
        !request.clone().changed(hkd(9_000), None, End::Never).unwrap().gives_more_than(&request)
    );
    let later = schedule.kept(DUE);
    for end in [End::After(1), End::On(FIRST), End::On(date!(2027 - 02 - 27))] {
        let refused = later.clone().changed(hkd(1), None, end).unwrap_err();
        assert_eq!(refused.code(), SCHEDULE_END_INVALID.code());
    }
    let once = with(Frequency::Once, End::Never).changed(hkd(1), None, End::After(1));
    assert_eq!(once.unwrap_err().code(), SCHEDULE_END_INVALID.code());
}

#[test]
fn a_new_device_is_remembered_as_long_as_it_is_new() {
    let until = |hours: i64| Some(MADE + HOUR * i32::try_from(hours).unwrap());
    let schedule = monthly().decided_on(until(20));
    assert!(schedule.is_limited(MADE + 19 * HOUR) && !schedule.is_limited(MADE + 20 * HOUR));
    // Another device takes nothing back.
    assert_eq!(schedule.clone().decided_on(None), schedule);
    assert_eq!(schedule.decided_on(until(5)).limited_until, until(20));
}
