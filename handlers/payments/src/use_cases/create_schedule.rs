//! A person decides to pay another, or to ask them for money, on dates that come.

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{
    Consumer, Error, IDEMPOTENCY_KEY_INVALID, INVALID_BODY, Json, Keyed, Recorded, Resource,
    Versioned,
};
use utoipa::ToSchema;
use values::{
    AccountId, ConfirmableKind, Fee, HongKongDate, IdempotencyKey, Money, Note, OperationTerms,
    Party, ScheduleId, Timestamp, UserId,
};

use super::check_confirmation::{Proof, check_confirmation};
use crate::App;
use crate::domain::operations::CreateSchedule as CreateScheduleOperation;
use crate::domain::{End, Frequency, Recurrence, Schedule, ScheduleKind, ScheduleStatus};

/// What is to happen on each date. What cannot be done on its date is tried again each hour until
/// the day ends in Hong Kong, and then skipped; its owner is told both times. Of several dates that
/// came while the service was away only the last is kept, and the others are skipped.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum CreateSchedule {
    /// The caller pays.
    Payment {
        /// Who is paid; `GET /api/v1/payees/{user_id}` says what to show before.
        payee_id: UserId,
        /// On each date.
        amount: Money,
        /// What the payee reads with each payment; absent or null if nothing.
        note: Option<Note>,
        recurrence: CreateRecurrence,
        /// Of a `schedule` whose reference is frequency, hyphen and first date,
        /// `monthly-20261231`; then, if there is one, a hyphen and the day after which it ends,
        /// `monthly-20261231-20271231`, or the count, `monthly-20261231-x12`.
        confirmation: Proof,
    },
    /// The caller asks for money.
    Request {
        /// Who is asked.
        payer_id: UserId,
        /// On each date.
        amount: Money,
        /// What the payer reads with each request; absent or null if nothing.
        note: Option<Note>,
        recurrence: CreateRecurrence,
    },
}

/// How many dates: 1 to 1,000.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 1_000, example = 12)]
pub(crate) struct DateCount(u32);

impl TryFrom<u32> for DateCount {
    type Error = &'static str;

    fn try_from(count: u32) -> Result<Self, &'static str> {
        let is_allowed = (1..=Recurrence::COUNT_MAX).contains(&count);
        is_allowed.then_some(Self(count)).ok_or("a schedule has 1 to 1,000 dates")
    }
}

/// Dates, days in Hong Kong. Each is computed from the first: on the 31st of each month, or its
/// last day; on 29 February of each year, or 28 February. They have one end or none.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRecurrence {
    frequency: Frequency,
    /// The first date: tomorrow at the earliest. A date is kept from nine in the morning on.
    starts_on: HongKongDate,
    /// No date comes after this day; absent or null if there is no such day.
    ends_on: Option<HongKongDate>,
    /// How many dates come at most; absent or null if they are not counted.
    count: Option<DateCount>,
}

impl CreateRecurrence {
    fn parse(self) -> Result<Recurrence, Error> {
        let HongKongDate(starts_on) = self.starts_on;
        let end = end_of(self.ends_on, self.count)?;
        Ok(Recurrence { frequency: self.frequency, starts_on, end })
    }
}

/// The one end of the two that is given, if one is.
pub(super) fn end_of(
    ends_on: Option<HongKongDate>,
    count: Option<DateCount>,
) -> Result<End, Error> {
    match (ends_on, count) {
        (None, None) => Ok(End::Never),
        (Some(HongKongDate(day)), None) => Ok(End::On(day)),
        (None, Some(DateCount(count))) => Ok(End::After(count)),
        (Some(_), Some(_)) => Err(INVALID_BODY.because("`ends_on` or `count`, not both").into()),
    }
}

/// The dates of a schedule, days in Hong Kong.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecurrenceBody {
    frequency: Frequency,
    /// The first date.
    starts_on: HongKongDate,
    /// No date comes after this day; null if there is no such day.
    pub(super) ends_on: Option<HongKongDate>,
    /// How many dates come at most; null if they are not counted.
    pub(super) count: Option<DateCount>,
}

impl From<Recurrence> for RecurrenceBody {
    fn from(Recurrence { frequency, starts_on, end }: Recurrence) -> Self {
        let (ends_on, count) = match end {
            End::Never => (None, None),
            End::On(day) => (Some(HongKongDate(day)), None),
            End::After(count) => (None, Some(DateCount(count))),
        };
        Self { frequency, starts_on: HongKongDate(starts_on), ends_on, count }
    }
}

/// A schedule of the caller's.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScheduleBody {
    schedule_id: ScheduleId,
    #[serde(rename = "type")]
    kind: ScheduleKind,
    /// Who is paid, or asked; the name is masked.
    counterparty: Party,
    /// On each date.
    amount: Money,
    /// What the other reads with it; null if nothing.
    note: Option<Note>,
    recurrence: RecurrenceBody,
    status: ScheduleStatus,
    /// Null once it has ended.
    next_date: Option<NextDateBody>,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
    /// Counts the changes, from 1, but not that dates go by.
    version: u32,
}

/// The next date of a schedule; of a paused one, the first that was not kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct NextDateBody {
    /// Counts the dates from 1.
    number: u32,
    on: HongKongDate,
    /// Why it could not be kept yet, the code of a refusal; null unless it is delayed.
    #[schema(example = "insufficient-funds")]
    delay_reason: Option<String>,
    /// Tried each hour until then, and skipped from then on; null unless it is delayed.
    retries_end_at: Option<Timestamp>,
}

impl Resource for ScheduleBody {
    const LOCATION: &'static str = "/api/v1/schedules/{schedule_id}";
}

impl From<Schedule> for ScheduleBody {
    fn from(schedule: Schedule) -> Self {
        let next_date = schedule.next_date().map(|date| NextDateBody {
            number: schedule.number,
            on: HongKongDate(date),
            delay_reason: schedule.delay.as_ref().map(|delay| delay.reason.clone()),
            retries_end_at: schedule.delay.as_ref().map(|delay| delay.until.into()),
        });
        Self {
            schedule_id: schedule.id,
            kind: schedule.kind,
            counterparty: schedule.other.masked(),
            amount: schedule.amount,
            note: schedule.note,
            recurrence: schedule.recurrence.into(),
            status: schedule.status,
            next_date,
            created_at: schedule.created_at.into(),
            ended_at: schedule.ended_at.map(Timestamp::from),
            version: schedule.version,
        }
    }
}

impl ScheduleBody {
    pub(super) fn versioned(schedule: Schedule) -> Versioned<Self> {
        Versioned { version: schedule.version, body: Self::from(schedule) }
    }
}

/// What the owner of a schedule of payments confirms.
pub(super) fn terms_of(
    payer: UserId,
    payee: UserId,
    amount: Money,
    recurrence: &Recurrence,
    idempotency_key: IdempotencyKey,
) -> Result<OperationTerms, Error> {
    Ok(OperationTerms {
        kind: ConfirmableKind::Schedule,
        payer,
        payee: AccountId::User(payee),
        amount,
        fee: Fee::NONE,
        payment_request_id: None,
        reference: Some(recurrence.reference().map_err(Error::internal)?),
        idempotency_key,
    })
}

pub(crate) async fn create_schedule(
    app: App,
    owner: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreateSchedule>,
) -> Result<Recorded<ScheduleBody>, Error> {
    let (kind, other, amount, note, recurrence, proof) = match input {
        CreateSchedule::Payment { payee_id, amount, note, recurrence, confirmation } => {
            (ScheduleKind::Payment, payee_id, amount, note, recurrence, Some(confirmation))
        }
        CreateSchedule::Request { payer_id, amount, note, recurrence } => {
            (ScheduleKind::Request, payer_id, amount, note, recurrence, None)
        }
    };
    // In the place of the key a change's confirmation has the schedule's id and version: a key like
    // that would let one proof serve both.
    if key.as_str().starts_with(ScheduleId::PREFIX) {
        return Err(IDEMPOTENCY_KEY_INVALID.into());
    }
    let recurrence = recurrence.parse()?;
    let terms = terms_of(owner.user_id, other, amount, &recurrence, key.clone())?;
    let confirmed = match proof {
        Some(proof) => check_confirmation(&app, &owner, &terms, proof).await?.map(Some),
        None => Ok(None),
    };
    // Without the proof, as in `pay`.
    let input = (kind, &terms, &note);
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "create_schedule", &input)?;
    let wanted = CreateScheduleOperation {
        kind,
        owner: owner.user_id,
        other,
        amount,
        note,
        recurrence,
        confirmed,
        limited_until: owner.limited_until,
    };
    let done = app.group_commit.submit(wanted, Some(&keyed), trace).await?;
    Recorded::of(&ScheduleBody::from(done.record), done.is_repeat)
}
