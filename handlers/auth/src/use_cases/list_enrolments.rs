//! An administrator sees which enrolments wait, and what became of the others.

use serde::Serialize;
use service::{Administrator, Error, Json, List, Page};
use utoipa::ToSchema;
use values::{EnrolmentId, StaffId, StaffRole, Timestamp};

use crate::domain::EnrolmentStatus;
use crate::store::enrolments::ListedEnrolment;
use crate::{App, store};

/// Leave to make a passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct EnrolmentBody {
    enrolment_id: EnrolmentId,
    /// Whose passkey it will be, or is.
    staff_id: StaffId,
    #[schema(example = "chan.sm@example.com")]
    name: String,
    roles: Vec<StaffRole>,
    status: EnrolmentStatus,
    /// Null of the first administrators, whom an operator invited.
    proposed_by: Option<StaffId>,
    proposed_at: Timestamp,
    /// Who approved or rejected it; null until then.
    decided_by: Option<StaffId>,
    decided_at: Option<Timestamp>,
}

pub(crate) async fn list_enrolments(
    app: App,
    _by: Administrator,
    list: List,
) -> Result<Json<Page<EnrolmentBody>>, Error> {
    let paging = list.of("enrolments")?;
    let mut conn = app.database.conn().await?;
    let rows = store::enrolments::list_enrolments(&mut conn, &paging).await?;
    let place = |enrolment: &ListedEnrolment| enrolment.enrolment_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |enrolment| EnrolmentBody {
        enrolment_id: enrolment.enrolment_id,
        staff_id: enrolment.staff_id,
        name: enrolment.name,
        roles: enrolment.roles,
        status: enrolment.status,
        proposed_by: enrolment.proposed_by,
        proposed_at: enrolment.proposed_at.into(),
        decided_by: enrolment.decided_by,
        decided_at: enrolment.decided_at.map(Timestamp::from),
    })))
}
