//! Schedules: a person pays another, or asks them for money, on dates that come. `README.md` of
//! this service states the rules.

use events::payments::{ScheduleStoppedV1, ScheduledDateChangedV1};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    Money, MoneyRequestId, Note, PeerPaymentId, Refusal, ScheduleId, UserId, code_enum,
    hong_kong_day, hong_kong_midnight,
};

use super::operation::ConfirmedBy;
use super::person::Person;
use super::record::Record;
use super::recurrence::{End, Frequency, Recurrence};
use super::refusals::{SCHEDULE_END_INVALID, SCHEDULE_ENDED, SCHEDULE_START_INVALID};

/// When a date is kept: nine in the morning, since people read then what they are told.
const KEPT_FROM: Duration = Duration::hours(9);
/// How long before that its owner is told.
const NOTICE: Duration = Duration::days(1);
/// How long it is waited until what could not be done is tried again.
const RETRY_PAUSE: Duration = Duration::hours(1);
/// How far ahead the first date may be: every day of the calendar comes within this time.
const STARTS_WITHIN: Duration = Duration::days(4 * 366);
/// Dates in a row that are skipped before a schedule is paused.
const SKIPS_MAX: u32 = 3;
/// Why a date was skipped that had come before the service could keep it.
pub(crate) const MISSED: &str = "missed";
/// Schedules of one person that have not ended.
pub(crate) const OF_OWNER_MAX: u32 = 50;

code_enum! {
    /// What is done on each date.
    pub(crate) enum ScheduleKind {
        /// The owner pays.
        Payment = "payment",
        /// The owner asks for money.
        Request = "request",
    }
}

code_enum! {
    /// Where a schedule stands.
    pub(crate) enum ScheduleStatus {
        /// Its dates are kept.
        Active = "active",
        /// They are not until its owner resumes it.
        Paused = "paused",
        /// Nothing comes any more.
        Ended = "ended",
    }
}

code_enum! {
    /// What became of a date.
    pub(crate) enum OccurrenceStatus {
        /// The money has moved.
        Paid = "paid",
        /// A request for money was made.
        Asked = "asked",
        /// Neither, and it will not be.
        Skipped = "skipped",
    }
}

/// Why the next date could not be kept yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delay {
    /// The day ends then on which it was first tried.
    pub(crate) until: OffsetDateTime,
    /// The code of the last refusal.
    pub(crate) reason: String,
}

/// A schedule, as it is stored. Kind, owner, the other person, frequency and first date never
/// change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) id: ScheduleId,
    pub(crate) kind: ScheduleKind,
    pub(crate) owner: UserId,
    /// Who is paid, or asked.
    pub(crate) other: Person,
    pub(crate) amount: Money,
    pub(crate) note: Option<Note>,
    pub(crate) recurrence: Recurrence,
    pub(crate) status: ScheduleStatus,
    /// Counts from 1 on what its owner reads before a change: every change but that dates go by.
    pub(crate) version: u32,
    /// The next date; the last one once it has ended.
    pub(crate) number: u32,
    pub(crate) delay: Option<Delay>,
    /// When something is to be done next.
    pub(crate) act_at: OffsetDateTime,
    /// Dates that were skipped since one was last kept, but those that were missed.
    pub(crate) skips: u32,
    /// How its owner last confirmed it; a request needs no proof.
    pub(crate) confirmed_by: Option<ConfirmedBy>,
    /// Until when the device is new to the account on which it was last made, changed or resumed.
    pub(crate) limited_until: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) ended_at: Option<OffsetDateTime>,
}

/// What became of one date. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub(crate) schedule_id: ScheduleId,
    pub(crate) number: u32,
    /// The day in Hong Kong.
    pub(crate) on: Date,
    pub(crate) status: OccurrenceStatus,
    pub(crate) amount: Money,
    pub(crate) peer_payment_id: Option<PeerPaymentId>,
    pub(crate) money_request_id: Option<MoneyRequestId>,
    /// Why it was skipped: the code of a refusal, or [`MISSED`].
    pub(crate) reason: Option<String>,
    pub(crate) at: OffsetDateTime,
}

/// What is to be done about the next date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Nothing,
    /// Its owner is told that it comes.
    Announce(Date),
    /// It is kept, or refused.
    Keep(Date),
    Skip(Date, String),
}

impl Schedule {
    /// Refuses dates that begin too early or too late, or of which none comes.
    pub(super) fn require_dates(
        recurrence: &Recurrence,
        now: OffsetDateTime,
    ) -> Result<Date, Refusal> {
        let (today, starts_on) = (hong_kong_day(now), recurrence.starts_on);
        if starts_on <= today || starts_on > today.saturating_add(STARTS_WITHIN) {
            let detail = format!("not from tomorrow on and within four years of {today}");
            return Err(SCHEDULE_START_INVALID.because(detail));
        }
        Self::require_date(recurrence, 1)
    }

    fn require_date(recurrence: &Recurrence, number: u32) -> Result<Date, Refusal> {
        if recurrence.frequency == Frequency::Once && recurrence.end != End::Never {
            return Err(SCHEDULE_END_INVALID.because("what happens once has no end"));
        }
        recurrence.date(number).ok_or_else(|| SCHEDULE_END_INVALID.because("no date would come"))
    }

    /// The same, whose next date is this one. Who has just decided on it is not told a moment
    /// later that it comes.
    pub(super) fn waiting_for(self, number: u32, date: Date, now: OffsetDateTime) -> Self {
        let due_at = due_at(date);
        let notice_at = due_at.saturating_sub(NOTICE);
        let act_at = if notice_at <= now { due_at } else { notice_at };
        Self { number, act_at, delay: None, ..self }
    }

    /// The next date; none once it has ended.
    pub(crate) fn next_date(&self) -> Option<Date> {
        let is_ended = self.status == ScheduleStatus::Ended;
        if is_ended { None } else { self.recurrence.date(self.number) }
    }

    /// Whether a device that is new to the account has had a hand in it.
    pub(super) fn is_limited(&self, now: OffsetDateTime) -> bool {
        self.limited_until.is_some_and(|until| now < until)
    }

    /// What is to be done at `now`. Of several dates that have come since something was done, only
    /// the last is kept, on whatever day that is.
    pub(super) fn step(&self, now: OffsetDateTime) -> Step {
        let is_due = self.status == ScheduleStatus::Active && self.act_at <= now;
        let Some(date) = self.next_date().filter(|_| is_due) else { return Step::Nothing };
        if let Some(Delay { until, reason }) = &self.delay {
            let is_over = *until <= now;
            return if is_over { Step::Skip(date, reason.clone()) } else { Step::Keep(date) };
        }
        let later = self.recurrence.date(self.number.saturating_add(1));
        if later.is_some_and(|later| due_at(later) <= now) {
            return Step::Skip(date, MISSED.to_owned());
        }
        if now < due_at(date) { Step::Announce(date) } else { Step::Keep(date) }
    }

    pub(super) fn announced(self, date: Date) -> Self {
        Self { act_at: due_at(date), ..self }
    }

    /// The same once its date could not be kept for this reason; tried again until the day ends on
    /// which it was first tried.
    pub(super) fn delayed(self, reason: &str, now: OffsetDateTime) -> Self {
        let today = hong_kong_day(now);
        let ends_at = hong_kong_midnight(today.next_day().unwrap_or(today));
        let until = self.delay.as_ref().map_or(ends_at, |delay| delay.until);
        let act_at = now.saturating_add(RETRY_PAUSE).min(until);
        let delay = Some(Delay { until, reason: reason.to_owned() });
        Self { delay, act_at, ..self }
    }

    /// The same once its date was kept.
    pub(super) fn kept(self, now: OffsetDateTime) -> Self {
        Self { skips: 0, ..self.moved_on(now) }
    }

    /// The same once its date was skipped; paused if it is one too many. What was missed is not the
    /// owner's fault, nor the other person's.
    pub(super) fn skipped(self, reason: &str, now: OffsetDateTime) -> Self {
        let counts = u32::from(reason != MISSED);
        let skips = self.skips.saturating_add(counts);
        let schedule = Self { skips, ..self.moved_on(now) };
        let is_active = schedule.status == ScheduleStatus::Active;
        if is_active && skips >= SKIPS_MAX { schedule.stopped() } else { schedule }
    }

    fn moved_on(self, now: OffsetDateTime) -> Self {
        let number = self.number.saturating_add(1);
        match self.recurrence.date(number) {
            Some(date) => self.waiting_for(number, date, now),
            None => self.over(now),
        }
    }

    fn stopped(self) -> Self {
        let version = self.version.saturating_add(1);
        Self { status: ScheduleStatus::Paused, version, ..self }
    }

    fn over(self, now: OffsetDateTime) -> Self {
        let version = self.version.saturating_add(1);
        Self { status: ScheduleStatus::Ended, version, delay: None, ended_at: Some(now), ..self }
    }

    /// The same, paused by its owner; as it is if it was.
    pub(crate) fn paused(self) -> Result<Self, Refusal> {
        match self.status {
            ScheduleStatus::Active => Ok(Self { delay: None, ..self.stopped() }),
            ScheduleStatus::Paused => Ok(self),
            ScheduleStatus::Ended => Err(SCHEDULE_ENDED),
        }
    }

    /// The same, active again, from the first date on that is not over; as it is if it was. It ends
    /// if there is none.
    pub(crate) fn resumed(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.status {
            ScheduleStatus::Paused => {
                let next = self.recurrence.next_from(self.number, hong_kong_day(now));
                let Some((number, date)) = next else { return Ok(self.over(now)) };
                let version = self.version.saturating_add(1);
                let active = Self { status: ScheduleStatus::Active, skips: 0, version, ..self };
                Ok(active.waiting_for(number, date, now))
            }
            ScheduleStatus::Active => Ok(self),
            ScheduleStatus::Ended => Err(SCHEDULE_ENDED),
        }
    }

    /// The same, ended by its owner; as it is if it has ended.
    pub(crate) fn ended(self, now: OffsetDateTime) -> Self {
        if self.status == ScheduleStatus::Ended { self } else { self.over(now) }
    }

    /// The same with what its owner has changed; as it is if that is nothing.
    pub(crate) fn changed(
        self,
        amount: Money,
        note: Option<Note>,
        end: End,
    ) -> Result<Self, Refusal> {
        if self.status == ScheduleStatus::Ended {
            return Err(SCHEDULE_ENDED);
        }
        let recurrence = Recurrence { end, ..self.recurrence };
        Self::require_date(&recurrence, self.number)?;
        let changed = Self { amount, note, recurrence, ..self.clone() };
        let version = self.version.saturating_add(1);
        Ok(if changed == self { self } else { Self { version, ..changed } })
    }

    /// The same, decided on by a device that is new to the account until then, if it is.
    pub(crate) fn decided_on(self, limited_until: Option<OffsetDateTime>) -> Self {
        Self { limited_until: self.limited_until.max(limited_until), ..self }
    }

    /// Whether more money may leave by it than by what it was before, so that it must be confirmed
    /// anew.
    pub(crate) fn gives_more_than(&self, before: &Self) -> bool {
        let amount = self.amount.minor_units() > before.amount.minor_units();
        let is_payment = self.kind == ScheduleKind::Payment;
        is_payment && (amount || self.recurrence.outlasts(&before.recurrence))
    }

    /// What became of its next date.
    pub(super) fn occurrence(
        &self,
        on: Date,
        status: OccurrenceStatus,
        at: OffsetDateTime,
    ) -> Occurrence {
        Occurrence {
            schedule_id: self.id,
            number: self.number,
            on,
            status,
            amount: self.amount,
            peer_payment_id: None,
            money_request_id: None,
            reason: None,
            at,
        }
    }

    /// That its next date comes, is delayed or was skipped.
    pub(super) fn date_event(
        &self,
        on: Date,
        status: &str,
        reason: Option<&str>,
    ) -> ScheduledDateChangedV1 {
        ScheduledDateChangedV1 {
            schedule_id: self.id.to_string(),
            kind: self.kind.code().to_owned(),
            owner_id: self.owner.to_string(),
            other: self.other.told(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            number: self.number,
            on: on.to_string(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
        }
    }

    /// That it goes on no longer, though nobody has said so; nothing while it does. That what
    /// happens once is over goes without saying.
    pub(super) fn stopped_event(&self) -> Option<ScheduleStoppedV1> {
        let is_over_by_nature =
            self.status == ScheduleStatus::Ended && self.recurrence.frequency == Frequency::Once;
        if self.status == ScheduleStatus::Active || is_over_by_nature {
            return None;
        }
        Some(ScheduleStoppedV1 {
            schedule_id: self.id.to_string(),
            kind: self.kind.code().to_owned(),
            owner_id: self.owner.to_string(),
            other: self.other.told(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            status: self.status.code().to_owned(),
        })
    }
}

impl Record for Schedule {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

/// When a date is kept.
fn due_at(date: Date) -> OffsetDateTime {
    hong_kong_midnight(date).saturating_add(KEPT_FROM)
}

#[cfg(test)]
mod tests;
