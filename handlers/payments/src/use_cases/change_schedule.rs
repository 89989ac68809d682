//! The owner of a schedule changes what is paid or asked, what they say with it, or until when.

use serde::Deserialize;
use service::{Change, Consumer, Error, Id, IfMatch, MergePatch, Versioned};
use utoipa::ToSchema;
use values::{HongKongDate, IdempotencyKey, Money, Note, ScheduleId};

use super::ScheduleBody;
use super::check_confirmation::{Proof, check_confirmation};
use super::create_schedule::{DateCount, RecurrenceBody, end_of, terms_of};
use crate::App;
use crate::domain::{
    CONFIRMATION_INVALID, ConfirmedBy, End, NO_SCHEDULE, Recurrence, Schedule,
    require_step_up_of_schedule,
};
use crate::store::schedules;

/// What the owner changes. Another person, frequency or first date is another schedule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSchedule {
    #[serde(default)]
    #[schema(value_type = Money)]
    amount: Change<Money>,
    #[serde(default)]
    #[schema(value_type = Option<Note>)]
    note: Change<Option<Note>>,
    /// Absent or null if its end stays.
    recurrence: Option<ChangeRecurrence>,
    /// If the amount is raised or a later date will come, of a schedule of payments; otherwise
    /// absent or null. As when it was made, with all as it will be, and in the place of the
    /// idempotency key its id, a colon and the version that is changed:
    /// `sch_01h455vb4pex5vsknk084sn02q:1`.
    confirmation: Option<Proof>,
}

/// When it ends. One end takes the other's place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeRecurrence {
    /// No date comes after this day; null if there is no such day.
    #[serde(default)]
    #[schema(value_type = Option<HongKongDate>)]
    ends_on: Change<Option<HongKongDate>>,
    /// How many dates come at most, the past ones included; null if they are not counted.
    #[serde(default)]
    #[schema(value_type = Option<DateCount>)]
    count: Change<Option<DateCount>>,
}

impl ChangeRecurrence {
    fn of(self, current: Recurrence) -> Result<End, Error> {
        let RecurrenceBody { ends_on, count, .. } = RecurrenceBody::from(current);
        match (self.ends_on.given(), self.count.given()) {
            (Some(ends_on), Some(count)) => end_of(ends_on, count),
            (Some(Some(ends_on)), None) => end_of(Some(ends_on), None),
            (Some(None), None) => end_of(None, count),
            (None, Some(Some(count))) => end_of(None, Some(count)),
            (None, Some(None)) => end_of(ends_on, None),
            (None, None) => Ok(current.end),
        }
    }
}

/// The proof is looked at before the schedule is locked: what it covers has the same version then.
pub(crate) async fn change_schedule(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
    if_match: IfMatch,
    MergePatch(input): MergePatch<ChangeSchedule>,
) -> Result<Versioned<ScheduleBody>, Error> {
    let mut conn = app.database.conn().await?;
    let current = schedules::find_schedule_of(&mut conn, id, owner.user_id).await?;
    drop(conn);
    let current = current.ok_or(NO_SCHEDULE)?;
    if_match.require(current.version)?;
    let amount = input.amount.given().unwrap_or(current.amount);
    let note = input.note.given().unwrap_or_else(|| current.note.clone());
    let end = input.recurrence.map(|change| change.of(current.recurrence)).transpose()?;
    let end = end.unwrap_or(current.recurrence.end);
    let change = |schedule: Schedule| schedule.changed(amount, note.clone(), end);
    let wanted = change(current.clone())?;
    let gives_more = wanted.gives_more_than(&current);
    let confirmed_by = match input.confirmation {
        Some(proof) => {
            let confirmed_by = confirm(&app, &owner, &wanted, current.version, proof).await?;
            let (policy, is_new_device) = (app.tokens.policy(), owner.limited_until.is_some());
            let level = confirmed_by.level();
            require_step_up_of_schedule(&policy, amount, level, is_new_device)?;
            Some(confirmed_by)
        }
        None if gives_more => return Err(CONFIRMATION_INVALID.because("it gives more").into()),
        None => None,
    };
    let mut tx = app.database.begin().await?;
    let locked = schedules::lock_schedule_of(&mut tx, id, owner.user_id).await?;
    let locked = locked.ok_or(NO_SCHEDULE)?;
    if_match.require(locked.version)?;
    let changed = change(locked.clone())?;
    if changed == locked {
        return Ok(ScheduleBody::versioned(locked));
    }
    let confirmed_by = confirmed_by.or(changed.confirmed_by);
    let changed = Schedule { confirmed_by, ..changed }.decided_on(owner.limited_until);
    schedules::save_schedule(&mut tx, changed.clone()).await?;
    tx.commit().await?;
    Ok(ScheduleBody::versioned(changed))
}

async fn confirm(
    app: &App,
    owner: &Consumer,
    wanted: &Schedule,
    version: u32,
    proof: Proof,
) -> Result<ConfirmedBy, Error> {
    let key: IdempotencyKey =
        format!("{}:{version}", wanted.id).parse().map_err(Error::internal)?;
    let Schedule { amount, recurrence, .. } = wanted;
    let terms = terms_of(owner.user_id, wanted.other.id, *amount, recurrence, key)?;
    Ok(check_confirmation(app, owner, &terms, proof).await??)
}
