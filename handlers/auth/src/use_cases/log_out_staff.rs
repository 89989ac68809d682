//! A member of staff logs out.

use service::{Error, NoContent, Staff};

use super::record_act::record_act;
use crate::domain::StaffActType;
use crate::{App, store};

pub(crate) async fn log_out_staff(app: App, staff: Staff) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    if store::staff::lock_staff_session(&mut tx, staff.session_id).await? {
        store::staff::revoke_staff_session(&mut tx, staff.session_id).await?;
        record_act(&mut tx, &staff, StaffActType::LoggedOut, None).await?;
    }
    tx.commit().await?;
    Ok(NoContent)
}
