//! An administrator stops an enrolment that nobody has approved, their own or another's.

use service::{Administrator, Error, Id, NoContent};
use values::{EnrolmentId, StaffRole};

use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::domain::{ActSubject, NO_ENROLMENT, StaffActType};
use crate::{App, store};

pub(crate) async fn reject_enrolment(
    app: App,
    Id(enrolment_id): Id<EnrolmentId>,
    by: Administrator,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = store::enrolments::lock_proposal(&mut tx, enrolment_id).await?;
    let (staff_id, proposal) = found.ok_or(NO_ENROLMENT)?;
    proposal.require_rejectable(by.staff_id, &by.roles, StaffRole::Administrator)?;
    store::enrolments::update_decision(&mut tx, enrolment_id, by.staff_id, None).await?;
    let about = Some(ActSubject::Staff(staff_id));
    record_act(&mut tx, &by, StaffActType::EnrolmentRejected, about).await?;
    tx.commit().await?;
    Ok(NoContent)
}
