//! Weekly payments, in the simple model and in the real books.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use values::ScheduleId;

use super::{BEGINS, Model, PEOPLE, World, limits};
use crate::domain::literal_books::hkd;
use crate::domain::operation::ConfirmedBy;
use crate::domain::operations::{CreateSchedule, RunSchedule};
use crate::domain::recurrence::{End, Frequency, Recurrence};
use crate::domain::rows::Rows;
use crate::domain::schedule::{OccurrenceStatus, ScheduleKind};

/// Schedules are named by the order in which they were made.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScheduleStep {
    /// From tomorrow on.
    Make { person: usize, to: usize, amount: i64 },
    /// Everything that it has to do by now.
    Run { schedule: usize },
}

pub(super) fn step() -> impl Strategy<Value = ScheduleStep> {
    let amount = prop_oneof![1..500_i64, 1..500_000_i64];
    prop_oneof![
        2 => (0..PEOPLE, 0..PEOPLE, amount)
            .prop_map(|(person, to, amount)| ScheduleStep::Make { person, to, amount }),
        5 => (0..4_usize).prop_map(|schedule| ScheduleStep::Run { schedule }),
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
                let may = person != to;
                if may {
                    let (due, tried, skips) = (tomorrow(now), None, 0);
                    self.planned.push(Planned { person, to, amount, due, tried, skips });
                }
                may
            }
            ScheduleStep::Run { schedule } => {
                let Some(mut planned) = self.planned.get(schedule).cloned() else { return false };
                let paid = self.run_planned(&mut planned, now);
                self.planned[schedule] = planned;
                paid
            }
        }
    }

    /// Whether something was paid.
    fn run_planned(&mut self, planned: &mut Planned, now: OffsetDateTime) -> bool {
        const STOPPED: u32 = 3;
        let mut paid = false;
        while planned.skips < STOPPED {
            let next = planned.due + Duration::WEEK;
            let is_missed = planned.tried.is_none() && next <= now;
            let is_over = planned.tried.is_some_and(|[ends, _]| ends <= now);
            if is_missed || is_over {
                planned.skips += u32::from(is_over);
            } else {
                if now < planned.tried.map_or(planned.due, |[_, next_try]| next_try) {
                    break;
                }
                if !self.send(planned.person, planned.to, planned.amount, now) {
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

impl World {
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
                let made = self.books.decide(&wanted);
                self.schedules.extend(made.iter().map(|(schedule, _)| schedule.id));
                made.is_ok()
            }
            ScheduleStep::Run { schedule } => {
                let Some(id) = self.schedules.get(schedule).copied() else { return false };
                self.run_schedule(id)
            }
        }
    }

    fn run_schedule(&mut self, id: ScheduleId) -> bool {
        let paid_by = |world: &Self| {
            let dates = world.books.occurrences.iter();
            dates.filter(|date| date.status == OccurrenceStatus::Paid).count()
        };
        let paid_before = paid_by(self);
        loop {
            let before = self.books.schedule(id).unwrap().clone();
            let (payer, payee) = (before.owner, before.other.id);
            let wanted = RunSchedule { id, kind: before.kind, payer, payee };
            let (after, _) = self.books.decide(&wanted).unwrap();
            if after == before {
                return paid_by(self) > paid_before;
            }
        }
    }

    pub(super) fn commit_schedules(&mut self) {
        self.books.schedules = Rows::new(self.books.schedules.all().cloned().collect());
    }
}
