//! An administrator proposes that somebody becomes staff, or makes a new passkey for a lost one.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Administrator, Error, INVALID_BODY, Json, Keyed, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{EnrolmentId, IdempotencyKey, Operator, StaffId, StaffRole};

use super::begin_session::TOKENS_REPLAYED_SECONDS;
use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::domain::{
    ActSubject, NO_STAFF, NewEnrolment, STAFF_NAME_TAKEN, Secret, StaffActType, distinct_roles,
};
use crate::{App, store};

/// Who is to make a passkey.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum ProposeEnrolment {
    /// Somebody who is not staff yet.
    Invitation {
        /// As others know them, and as what they do is recorded.
        name: Operator,
        /// One at least.
        roles: Vec<StaffRole>,
    },
    /// A member of staff, in place of a passkey that is lost.
    ReEnrolment { staff_id: StaffId },
}

/// An enrolment that waits for another administrator.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposedEnrolmentBody {
    enrolment_id: EnrolmentId,
    staff_id: StaffId,
    /// The proposer's half of the secret, for the person who enrols. Whoever approves gets the
    /// other, so that neither of the two can enrol in the person's place.
    proposal_secret: Secret,
}

impl Resource for ProposedEnrolmentBody {
    const LOCATION: &'static str = "/api/v1/staff/enrolments";
}

pub(crate) async fn propose_enrolment(
    app: App,
    by: Administrator,
    key: IdempotencyKey,
    Json(input): Json<ProposeEnrolment>,
) -> Result<Recorded<ProposedEnrolmentBody>, Error> {
    let keyed = Keyed::new(by.staff_id.uuid(), &key, "propose_enrolment", &input)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    once(&app.database, &keyed, |tx| insert(tx, &by, &input)).await
}

async fn insert(
    mut tx: Tx,
    by: &Administrator,
    input: &ProposeEnrolment,
) -> Result<(Tx, ProposedEnrolmentBody), Error> {
    hold_login(&mut tx, by).await?;
    let staff_id = match input {
        ProposeEnrolment::Invitation { name, roles } => {
            let roles = distinct_roles(roles);
            let roles = roles.ok_or_else(|| INVALID_BODY.because("a role is expected"))?;
            let staff_id = StaffId::new();
            if store::staff::is_name_taken(&mut tx, name, staff_id).await? {
                return Err(STAFF_NAME_TAKEN.into());
            }
            store::staff::insert_staff(&mut tx, staff_id, name, &roles).await?;
            staff_id
        }
        ProposeEnrolment::ReEnrolment { staff_id } => {
            store::staff::lock_staff(&mut tx, *staff_id).await?.ok_or(NO_STAFF)?.staff_id
        }
    };
    let proposed = ProposedEnrolmentBody {
        enrolment_id: EnrolmentId::new(),
        staff_id,
        proposal_secret: Secret::random().map_err(Error::internal)?,
    };
    let new = NewEnrolment {
        enrolment_id: proposed.enrolment_id,
        staff_id,
        proposed_by: Some(by.staff_id),
        proposal_secret: &proposed.proposal_secret,
        approval_secret: None,
    };
    store::enrolments::insert_enrolment(&mut tx, &new).await?;
    let about = Some(ActSubject::Staff(staff_id));
    record_act(&mut tx, by, StaffActType::EnrolmentProposed, about).await?;
    Ok((tx, proposed))
}
