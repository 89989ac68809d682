//! Another administrator approves an enrolment.

use serde::Serialize;
use service::{Administrator, Error, Id, Json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{EnrolmentId, StaffId, StaffRole};

use super::hold_login::hold_login;
use super::record_act::record_act;
use super::require_proposer::require_proposer;
use crate::domain::{ActSubject, NO_ENROLMENT, NewEnrolment, Secret, StaffActType};
use crate::{App, store};

/// An enrolment that can be used.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovedEnrolmentBody {
    enrolment_id: EnrolmentId,
    staff_id: StaffId,
    /// The approver's half of the secret, for the person who enrols. It is shown once: if it is
    /// lost, the enrolment is proposed again.
    approval_secret: Secret,
    /// How long the person can enrol.
    #[schema(example = 86400)]
    expires_in_seconds: u32,
}

pub(crate) async fn approve_enrolment(
    app: App,
    Id(enrolment_id): Id<EnrolmentId>,
    by: Administrator,
) -> Result<Json<ApprovedEnrolmentBody>, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = store::enrolments::lock_proposal(&mut tx, enrolment_id).await?;
    let (staff_id, proposal) = found.ok_or(NO_ENROLMENT)?;
    let (role, now) = (StaffRole::Administrator, OffsetDateTime::now_utc());
    proposal.require_approvable(by.staff_id, &by.roles, role, now)?;
    require_proposer(&mut tx, proposal.proposed_by).await?;
    let secret = Secret::random().map_err(Error::internal)?;
    store::enrolments::update_decision(&mut tx, enrolment_id, by.staff_id, Some(&secret)).await?;
    let about = Some(ActSubject::Staff(staff_id));
    record_act(&mut tx, &by, StaffActType::EnrolmentApproved, about).await?;
    tx.commit().await?;
    Ok(Json(ApprovedEnrolmentBody {
        enrolment_id,
        staff_id,
        approval_secret: secret,
        expires_in_seconds: NewEnrolment::VALID_SECONDS,
    }))
}
