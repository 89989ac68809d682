//! Weekly payments, in the simple model and in the real books.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use values::{Refusal, ScheduleId};

use super::{BEGINS, Keeper, Model, PEOPLE, World, limits, nth};
use crate::domain::literal_books::hkd;
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{CreateSchedule, RunSchedule};
use crate::domain::recurrence::{End, Frequency, Recurrence};
use crate::domain::rows::Rows;
use crate::domain::schedule::{Schedule, ScheduleKind};

/// Schedules are named by the order in which they were made.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScheduleStep {
    /// From tomorrow on.
    Make {
        person: usize,
        to: usize,
        amount: i64,
    },
    /// Everything that it has to do by now.
    Run {
        schedule: usize,
    },
    Pause {
        schedule: usize,
    },
    Resume {
        schedule: usize,
    },
    End {
        schedule: usize,
    },
}

pub(super) fn step() -> impl Strategy<Value = ScheduleStep> {
    let amount = prop_oneof![1..500_i64, 1..500_000_i64];
    prop_oneof![
        2 => (0..PEOPLE, 0..PEOPLE, amount)
            .prop_map(|(person, to, amount)| ScheduleStep::Make { person, to, amount }),
        5 => (0..4_usize).prop_map(|schedule| ScheduleStep::Run { schedule }),
        1 => (0..4_usize).prop_map(|schedule| ScheduleStep::Pause { schedule }),
        2 => (0..4_usize).prop_map(|schedule| ScheduleStep::Resume { schedule }),
        1 => (0..4_usize).prop_map(|schedule| ScheduleStep::End { schedule }),
    ]
}

/// What the simple model knows of one.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    person: usize,
    to: usize,
    amount: i64,
    /// Of the date that comes next.
    due: OffsetDateTime,
    /// When the day of the first try ends, and when the next one is.
    tried: Option<[OffsetDateTime; 2]>,
    skips: u32,
    /// By its owner, or after too many skips.
    is_paused: bool,
    is_ended: bool,
}

/// Nine in the morning of the next day in Hong Kong.
fn tomorrow(now: OffsetDateTime) -> OffsetDateTime {
    day_ends(now) + Duration::hours(9)
}

/// Hong Kong's midnight is four in the afternoon elsewhere.
fn day_ends(now: OffsetDateTime) -> OffsetDateTime {
    let since = (now - BEGINS + Duration::hours(23)).whole_seconds();
    BEGINS + Duration::HOUR + Duration::days(since.div_euclid(86_400))
}

impl Model {
    pub(super) fn take_schedule(&mut self, step: ScheduleStep, now: OffsetDateTime) -> bool {
        match step {
            ScheduleStep::Make { person, to, amount } => {
                let may = person != to && self.gives(person) && !self.is_closed[to];
                if may {
                    self.planned.push(Planned {
                        person,
                        to,
                        amount,
                        due: tomorrow(now),
                        tried: None,
                        skips: 0,
                        is_paused: false,
                        is_ended: false,
                    });
                }
                may
            }
            ScheduleStep::Run { schedule } => {
                let schedule = nth(schedule, self.planned.len());
                let Some(mut planned) = self.planned.get(schedule).cloned() else { return false };
                let paid = self.run_planned(&mut planned, now);
                self.planned[schedule] = planned;
                paid
            }
            ScheduleStep::Pause { schedule } => {
                let schedule = nth(schedule, self.planned.len());
                let Some(planned) = self.planned.get_mut(schedule) else { return false };
                if !planned.is_ended {
                    (planned.is_paused, planned.tried) = (true, None);
                }
                !planned.is_ended
            }
            ScheduleStep::Resume { schedule } => {
                let schedule = nth(schedule, self.planned.len());
                let Some(planned) = self.planned.get_mut(schedule) else { return false };
                if !planned.is_ended && planned.is_paused {
                    (planned.is_paused, planned.skips) = (false, 0);
                    // What came meanwhile is not made up for, but for today's.
                    while limits::day(planned.due) < limits::day(now) {
                        planned.due += Duration::WEEK;
                    }
                }
                !planned.is_ended
            }
            ScheduleStep::End { schedule } => {
                let schedule = nth(schedule, self.planned.len());
                let Some(planned) = self.planned.get_mut(schedule) else { return false };
                planned.is_ended = true;
                true
            }
        }
    }

    pub(super) fn has_plans(&self, person: usize) -> bool {
        self.planned.iter().any(|planned| planned.person == person && !planned.is_ended)
    }

    /// Whether something was paid.
    fn run_planned(&mut self, planned: &mut Planned, now: OffsetDateTime) -> bool {
        const STOPPED: u32 = 3;
        let mut paid = false;
        while !planned.is_paused && !planned.is_ended {
            let next = planned.due + Duration::WEEK;
            let is_missed = planned.tried.is_none() && next <= now;
            let is_over = planned.tried.is_some_and(|[ends, _]| ends <= now);
            if is_missed || is_over {
                planned.skips += u32::from(is_over);
                planned.is_paused = planned.skips >= STOPPED;
            } else {
                if now < planned.tried.map_or(planned.due, |[_, next_try]| next_try) {
                    break;
                }
                let sides = [planned.person, planned.to];
                if !self.send(sides, planned.amount, [false, false], now) {
                    let ends = planned.tried.map_or(day_ends(now), |[ends, _]| ends);
                    planned.tried = Some([ends, ends.min(now + Duration::HOUR)]);
                    break;
                }
                (planned.skips, paid) = (0, true);
            }
            (planned.due, planned.tried) = (next, None);
        }
        paid
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_schedule(&mut self, step: ScheduleStep) -> bool {
        match step {
            ScheduleStep::Make { person, to, amount } => {
                let now = self.books.now;
                let is_new = limits::is_new_device(person, now);
                let wanted = CreateSchedule {
                    kind: ScheduleKind::Payment,
                    owner: self.people[person],
                    other: self.people[to],
                    amount: hkd(amount),
                    note: None,
                    recurrence: Recurrence {
                        frequency: Frequency::Weekly,
                        starts_on: (tomorrow(now) + Duration::hours(8)).date(),
                        end: End::Never,
                    },
                    confirmed: Ok(Some(ConfirmedBy::Device)),
                    limited_until: is_new.then_some(BEGINS + Duration::DAY),
                };
                let made = self.decide(&wanted);
                self.schedules.extend(made.iter().map(|(schedule, _)| schedule.id));
                made.is_ok()
            }
            ScheduleStep::Run { schedule } => {
                let schedule = nth(schedule, self.schedules.len());
                let Some(id) = self.schedules.get(schedule).copied() else { return false };
                self.run_schedule(id)
            }
            ScheduleStep::Pause { schedule } => self.change_schedule(schedule, Schedule::paused),
            ScheduleStep::Resume { schedule } => {
                let now = self.books.now;
                self.change_schedule(schedule, |schedule| schedule.resumed(now))
            }
            ScheduleStep::End { schedule } => {
                let now = self.books.now;
                self.change_schedule(schedule, |schedule| Ok(schedule.ended(now)))
            }
        }
    }

    /// What its owner does, between two of our transactions.
    fn change_schedule(
        &mut self,
        schedule: usize,
        change: impl FnOnce(Schedule) -> Result<Schedule, Refusal>,
    ) -> bool {
        let schedule = nth(schedule, self.schedules.len());
        let Some(id) = self.schedules.get(schedule).copied() else { return false };
        let Ok(changed) = change(self.books.schedule(id).unwrap().clone()) else { return false };
        self.books.schedules.save(vec![changed]);
        self.keeper.change_rows(&mut self.books);
        true
    }

    fn run_schedule(&mut self, id: ScheduleId) -> bool {
        let mut is_paid = false;
        loop {
            let before = self.books.schedule(id).unwrap().clone();
            let (payer, payee) = (before.owner, before.other.id);
            let wanted = RunSchedule { id, kind: before.kind, payer, payee };
            let dates = self.books.occurrences.len();
            let (after, told) = self.decide(&wanted).unwrap();
            if after == before {
                return is_paid;
            }
            let date = self.books.occurrences.get(dates).and_then(|date| date.peer_payment_id);
            let payment = date.and_then(|id| self.books.operation(id.uuid()).cloned());
            payment.iter().for_each(|payment| self.keep_sent(payment, &told));
            is_paid |= payment.is_some();
        }
    }

    pub(super) fn commit_schedules(&mut self) {
        self.books.schedules = Rows::new(self.books.schedules.all().cloned().collect());
    }
}
