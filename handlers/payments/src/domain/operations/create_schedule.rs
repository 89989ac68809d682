//! A person decides to pay another, or to ask them for money, on dates that come.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{Money, Note, Refusal, ScheduleId, UserId, unknown};

use crate::domain::books::{Books, Changes, Decide, Decision, Reads};
use crate::domain::operation::ConfirmedBy;
use crate::domain::recurrence::Recurrence;
use crate::domain::refusals::{NO_PAYEE, NO_WALLET, SAME_ACCOUNT, TOO_MANY_SCHEDULES};
use crate::domain::schedule::{OF_OWNER_MAX, Schedule, ScheduleKind, ScheduleStatus};
use crate::domain::step_up::require_step_up_of_schedule;

/// What the owner wants. Limits and balances are asked on each date, as they are then.
pub(crate) struct CreateSchedule {
    pub(crate) kind: ScheduleKind,
    pub(crate) owner: UserId,
    /// Who is to be paid, or asked.
    pub(crate) other: UserId,
    pub(crate) amount: Money,
    pub(crate) note: Option<Note>,
    pub(crate) recurrence: Recurrence,
    /// How a payment was confirmed, or why it was not; a request needs no proof.
    pub(crate) confirmed: Result<Option<ConfirmedBy>, Refusal>,
    /// Until when the device that asks is new to the account.
    pub(crate) limited_until: Option<OffsetDateTime>,
}

impl Decide for CreateSchedule {
    type Record = Schedule;

    fn lane(&self) -> Uuid {
        self.owner.uuid()
    }

    fn reads(&self) -> Reads {
        let reads = Reads::default().person(self.other).scheduler(self.owner);
        reads.approach(self.owner, self.other).warned(self.other.uuid())
    }

    fn accounts(&self, _: &Books) -> Vec<Uuid> {
        vec![self.owner.uuid()]
    }

    fn decide(&self, books: &Books) -> Result<Decision<Schedule>, Refusal> {
        let confirmed_by = self.confirmed.clone()?;
        if self.owner == self.other {
            return Err(SAME_ACCOUNT);
        }
        if books.is_away(self.owner, self.other) {
            return Err(unknown(self.other.uuid(), books.now, NO_PAYEE));
        }
        books.account(self.owner.uuid()).ok_or(NO_WALLET)?.require_giving()?;
        // On its date nobody is there to be asked for more, or to be warned.
        if let Some(confirmed_by) = confirmed_by {
            let is_new_device = self.limited_until.is_some();
            let level = confirmed_by.level();
            require_step_up_of_schedule(&books.policy, self.amount, level, is_new_device)?;
            books.warnings.require_none(self.other.uuid())?;
        }
        let date = Schedule::require_dates(&self.recurrence, books.now)?;
        let open = books.open_schedules.get(&self.owner.uuid()).copied().unwrap_or_default();
        if open >= OF_OWNER_MAX {
            return Err(TOO_MANY_SCHEDULES);
        }
        let schedule = Schedule {
            id: ScheduleId::new(),
            kind: self.kind,
            owner: self.owner,
            other: books.person(self.other),
            amount: self.amount,
            note: self.note.clone(),
            recurrence: self.recurrence,
            status: ScheduleStatus::Active,
            version: 1,
            number: 1,
            delay: None,
            act_at: books.now,
            skips: 0,
            confirmed_by,
            limited_until: self.limited_until,
            created_at: books.now,
            ended_at: None,
        };
        let schedule = schedule.waiting_for(1, date, books.now);
        Ok(Decision {
            changes: Changes { schedules: vec![schedule.clone()], ..Changes::default() },
            record: schedule,
        })
    }
}
