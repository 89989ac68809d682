//! An administrator sees who is staff.

use service::{Administrator, Error, Json, List, Page};

use super::enrol_staff::StaffBody;
use crate::domain::StaffMember;
use crate::{App, store};

pub(crate) async fn list_staff(
    app: App,
    _by: Administrator,
    list: List,
) -> Result<Json<Page<StaffBody>>, Error> {
    let paging = list.of("staff")?;
    let mut conn = app.database.conn().await?;
    let rows = store::staff::list_staff(&mut conn, &paging).await?;
    let place = |member: &StaffMember| member.staff_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |member| StaffBody {
        staff_id: member.staff_id,
        name: member.name,
        roles: member.roles,
        is_enrolled: member.passkey.is_some() || member.is_of_entra,
    })))
}
