//! The owner of a schedule pauses it, lets it go on, or ends it. Doing it twice is the same as
//! doing it once.

use service::database::now;
use service::{Consumer, Error, Id, Versioned};
use values::{Refusal, ScheduleId};

use super::ScheduleBody;
use crate::App;
use crate::domain::{NO_SCHEDULE, Schedule, ScheduleKind, require_step_up_of_schedule};
use crate::store::schedules;

pub(crate) async fn pause_schedule(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
) -> Result<Versioned<ScheduleBody>, Error> {
    let paused = |schedule: Schedule| schedule.paused();
    change(app, id, owner, paused).await
}

/// What comes was confirmed when the schedule was made or last changed; that it comes again is
/// asked of the login, as the policy of step-up says.
pub(crate) async fn resume_schedule(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
) -> Result<Versioned<ScheduleBody>, Error> {
    let (limited_until, level) = (owner.limited_until, owner.level);
    let policy = app.tokens.policy();
    let resumed = |schedule: Schedule| {
        let resumed = schedule.clone().resumed(now())?;
        if resumed != schedule && schedule.kind == ScheduleKind::Payment {
            let is_new_device = limited_until.is_some();
            require_step_up_of_schedule(&policy, schedule.amount, level, is_new_device)?;
        }
        Ok(resumed.decided_on(limited_until))
    };
    change(app, id, owner, resumed).await
}

pub(crate) async fn end_schedule(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
) -> Result<Versioned<ScheduleBody>, Error> {
    let ended = |schedule: Schedule| Ok(schedule.ended(now()));
    change(app, id, owner, ended).await
}

async fn change(
    app: App,
    id: ScheduleId,
    owner: Consumer,
    change: impl FnOnce(Schedule) -> Result<Schedule, Refusal> + Send,
) -> Result<Versioned<ScheduleBody>, Error> {
    let mut tx = app.database.begin().await?;
    let locked = schedules::lock_schedule_of(&mut tx, id, owner.user_id).await?;
    let locked = locked.ok_or(NO_SCHEDULE)?;
    let changed = change(locked.clone())?;
    if changed != locked {
        schedules::save_schedule(&mut tx, changed.clone()).await?;
    }
    tx.commit().await?;
    Ok(ScheduleBody::versioned(changed))
}
