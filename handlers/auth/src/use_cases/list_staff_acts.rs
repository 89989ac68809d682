//! An auditor reads what staff have done.

use serde::Serialize;
use service::{Auditor, Error, Json, List, Page};
use utoipa::ToSchema;
use values::{StaffActId, StaffId, Timestamp, UserId};

use crate::domain::StaffActType;
use crate::store::staff_acts::ListedAct;
use crate::{App, store};

/// Something that a member of staff did.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffActBody {
    act_id: StaffActId,
    #[serde(rename = "type")]
    act_type: StaffActType,
    /// Who did it; null of an operator with the function's key.
    staff_id: Option<StaffId>,
    /// Who that was, as they were signed in.
    #[schema(example = "wong.tm@example.com")]
    name: String,
    /// Which other member of staff it concerns; null if none.
    about_staff_id: Option<StaffId>,
    /// Which person's account it concerns; null if none.
    about_user_id: Option<UserId>,
    occurred_at: Timestamp,
}

pub(crate) async fn list_staff_acts(
    app: App,
    _by: Auditor,
    list: List,
) -> Result<Json<Page<StaffActBody>>, Error> {
    let paging = list.of("staff acts")?;
    let mut conn = app.database.conn().await?;
    let rows = store::staff_acts::list_staff_acts(&mut conn, &paging).await?;
    let place = |act: &ListedAct| act.act_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |act| StaffActBody {
        act_id: act.act_id,
        act_type: act.kind,
        staff_id: act.staff_id,
        name: act.name,
        about_staff_id: act.about_staff_id,
        about_user_id: act.about_user_id,
        occurred_at: act.occurred_at.into(),
    })))
}
