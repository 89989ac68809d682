//! An operator invites one of the first administrators, whom nobody else can invite yet.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Error, FunctionKey, Json, Keyed, Recorded, Resource, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{EnrolmentId, IdempotencyKey, Operator, StaffId, StaffRole};

use super::begin_session::TOKENS_REPLAYED_SECONDS;
use crate::domain::{
    ActSubject, FIRST_ADMINISTRATORS, NewEnrolment, STAFF_ENROLLED, STAFF_LOG_IN_ELSEWHERE, Secret,
    StaffAct, StaffActType,
};
use crate::{App, store};

/// Who is invited, and by whom.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteFirstStaff {
    name: Operator,
    /// Who is signed in to Azure.
    operator: Operator,
}

/// Leave to make an administrator's passkey, within a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct FirstInvitationBody {
    enrolment_id: EnrolmentId,
    staff_id: StaffId,
    /// For the person who is invited.
    proposal_secret: Secret,
    /// For the same person.
    approval_secret: Secret,
}

impl Resource for FirstInvitationBody {
    const LOCATION: &'static str = "/api/v1/staff/enrolments";
}

/// Refused once enough administrators have enrolled to invite all others together, and while Entra
/// ID says who is staff.
pub(crate) async fn invite_first_staff(
    app: App,
    _key: FunctionKey,
    key: IdempotencyKey,
    Json(input): Json<InviteFirstStaff>,
) -> Result<Recorded<FirstInvitationBody>, Error> {
    if app.entra_id.is_some() {
        return Err(STAFF_LOG_IN_ELSEWHERE.into());
    }
    let keyed = Keyed::new(Uuid::nil(), &key, "invite_first_staff", &input)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    once(&app.database, &keyed, |tx| insert(tx, &input)).await
}

async fn insert(mut tx: Tx, input: &InviteFirstStaff) -> Result<(Tx, FirstInvitationBody), Error> {
    if store::staff::lock_and_count_administrators(&mut tx).await? >= FIRST_ADMINISTRATORS {
        return Err(STAFF_ENROLLED.into());
    }
    let invitation = FirstInvitationBody {
        enrolment_id: EnrolmentId::new(),
        staff_id: StaffId::new(),
        proposal_secret: Secret::random().map_err(Error::internal)?,
        approval_secret: Secret::random().map_err(Error::internal)?,
    };
    let (staff_id, roles) = (invitation.staff_id, [StaffRole::Administrator]);
    store::staff::insert_staff(&mut tx, staff_id, &input.name, &roles).await?;
    let new = NewEnrolment {
        enrolment_id: invitation.enrolment_id,
        staff_id,
        proposed_by: None,
        proposal_secret: &invitation.proposal_secret,
        approval_secret: Some(&invitation.approval_secret),
    };
    store::enrolments::insert_enrolment(&mut tx, &new).await?;
    let act = StaffAct {
        kind: StaffActType::FirstInvited,
        staff_id: None,
        name: input.operator.clone(),
        about: Some(ActSubject::Staff(staff_id)),
    };
    store::staff_acts::insert_staff_act(&mut tx, &act).await?;
    Ok((tx, invitation))
}
