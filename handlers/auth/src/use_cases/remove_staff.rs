//! An administrator takes somebody off the staff; their logins end. One person is enough for it:
//! what stops somebody must not wait for a second.

use service::{Administrator, Error, Id, NoContent, retry_lock_conflicts};
use values::StaffId;

use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::domain::{ActSubject, NO_STAFF, OWN_REMOVAL, StaffActType};
use crate::{App, store};

pub(crate) async fn remove_staff(
    app: App,
    Id(staff_id): Id<StaffId>,
    by: Administrator,
) -> Result<NoContent, Error> {
    if staff_id == by.staff_id {
        return Err(OWN_REMOVAL.into());
    }
    // Two who remove each other at once wait for each other's logins.
    retry_lock_conflicts(|| remove(&app, staff_id, &by)).await?;
    Ok(NoContent)
}

async fn remove(app: &App, staff_id: StaffId, by: &Administrator) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, by).await?;
    store::staff::lock_staff(&mut tx, staff_id).await?.ok_or(NO_STAFF)?;
    store::staff::remove_staff(&mut tx, staff_id).await?;
    store::staff::revoke_sessions_of_staff(&mut tx, staff_id).await?;
    let about = Some(ActSubject::Staff(staff_id));
    record_act(&mut tx, by, StaffActType::StaffRemoved, about).await?;
    Ok(tx.commit().await?)
}
