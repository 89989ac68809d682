//! The owner of schedules reads them.

use service::{Consumer, Error, Id, Json, List, Page, Versioned};
use values::ScheduleId;

use super::ScheduleBody;
use crate::App;
use crate::domain::{NO_SCHEDULE, Record, Schedule};
use crate::store::schedules;

pub(crate) async fn read_schedule(
    app: App,
    Id(id): Id<ScheduleId>,
    owner: Consumer,
) -> Result<Versioned<ScheduleBody>, Error> {
    let mut conn = app.database.conn().await?;
    let schedule = schedules::find_schedule_of(&mut conn, id, owner.user_id).await?;
    Ok(ScheduleBody::versioned(schedule.ok_or(NO_SCHEDULE)?))
}

/// From the primary: nobody has many, and who has just changed one looks at it.
pub(crate) async fn list_schedules(
    app: App,
    owner: Consumer,
    list: List,
) -> Result<Json<Page<ScheduleBody>>, Error> {
    let paging = list.of(owner.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = schedules::list_of_owner(&mut conn, owner.user_id, &paging).await?;
    let place = |schedule: &Schedule| schedule.id().as_u128();
    Ok(Json(paging.page(rows, place, ScheduleBody::from)))
}
