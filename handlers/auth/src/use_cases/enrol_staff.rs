//! The passkey that a member of staff has made becomes the one way in which they log in.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Error, Json, Keyed, Recorded, Resource, find_recorded, once};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{EnrolmentId, IdempotencyKey, Operator, StaffId, StaffRole};
use webauthn_rs::prelude::{Passkey, RegisterPublicKeyCredential};

use super::refuse_duplicate::refuse_duplicate;
use crate::domain::{
    Ceremony, ENROLMENT_INVALID, FIRST_ADMINISTRATORS, PASSKEY_ALREADY_REGISTERED,
    PASSKEY_CHALLENGE_INVALID, STAFF_ENROLLED, STAFF_LOG_IN_ELSEWHERE, STAFF_NAME_TAKEN, StaffAct,
    StaffActType,
};
use crate::{App, store};

/// A new passkey.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolStaff {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// What `navigator.credentials.create` gave, as its `toJSON()` writes it.
    #[schema(value_type = HashMap<String, Value>)]
    credential: RegisterPublicKeyCredential,
}

/// A member of staff.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffBody {
    pub(super) staff_id: StaffId,
    pub(super) name: Operator,
    pub(super) roles: Vec<StaffRole>,
    /// Whether they have a passkey or come by Entra ID, and so can log in.
    pub(super) is_enrolled: bool,
}

impl Resource for StaffBody {
    const LOCATION: &'static str = "/api/v1/staff/members";
}

pub(crate) async fn enrol_staff(
    app: App,
    key: IdempotencyKey,
    Json(input): Json<EnrolStaff>,
) -> Result<Recorded<StaffBody>, Error> {
    if app.entra_id.is_some() {
        return Err(STAFF_LOG_IN_ELSEWHERE.into());
    }
    let keyed = Keyed::new(input.challenge_id, &key, "enrol_staff", &input)?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let Some(Ceremony::StaffEnrolment { enrolment_id, state }) =
        app.passkey_challenges.find(input.challenge_id).await?
    else {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    };
    let passkey = app.relying_party.finish_registration(&input.credential, &state)?;
    let update = |tx| update(&app, tx, enrolment_id, &passkey, input.challenge_id);
    once(&app.database, &keyed, update).await
}

async fn update(
    app: &App,
    mut tx: Tx,
    enrolment_id: EnrolmentId,
    passkey: &Passkey,
    challenge_id: Uuid,
) -> Result<(Tx, StaffBody), Error> {
    let open = store::enrolments::lock_open_enrolment(&mut tx, enrolment_id).await?;
    let open = open.ok_or(ENROLMENT_INVALID)?;
    // Whoever has the function's key invites as often as they like, so it is counted again here.
    let administrators = store::staff::lock_and_count_administrators(&mut tx).await?;
    match open.proposed_by {
        // Approved before they were removed, it is as little to be trusted as afterwards.
        Some(proposed_by) if !store::staff::is_staff(&mut tx, proposed_by).await? => {
            return Err(ENROLMENT_INVALID.because("whoever proposed it is staff no more").into());
        }
        None if administrators >= FIRST_ADMINISTRATORS => return Err(STAFF_ENROLLED.into()),
        Some(_) | None => {}
    }
    let member = store::staff::lock_staff(&mut tx, open.staff_id).await?;
    let member = member.ok_or(ENROLMENT_INVALID)?;
    // Whoever is two could agree with themselves.
    if store::staff::is_name_taken(&mut tx, &member.name, member.staff_id).await? {
        return Err(STAFF_NAME_TAKEN.into());
    }
    let updated = store::staff::update_staff_passkey(&mut tx, member.staff_id, passkey).await;
    updated.map_err(refuse_duplicate(PASSKEY_ALREADY_REGISTERED))?;
    // Of the passkey before, if there was one.
    store::staff::revoke_sessions_of_staff(&mut tx, member.staff_id).await?;
    store::enrolments::use_enrolment(&mut tx, enrolment_id).await?;
    let act = StaffAct {
        kind: StaffActType::Enrolled,
        staff_id: Some(member.staff_id),
        name: member.name.clone(),
        about: None,
    };
    store::staff_acts::insert_staff_act(&mut tx, &act).await?;
    // Last, so that a failure above leaves the challenge.
    if !app.passkey_challenges.redeem(challenge_id).await? {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    }
    let (staff_id, name, roles) = (member.staff_id, member.name, member.roles);
    Ok((tx, StaffBody { staff_id, name, roles, is_enrolled: true }))
}
