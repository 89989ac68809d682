//! Somebody with both halves of an enrolment's secret asks to make the passkey.

use serde::Deserialize;
use service::{ClientAddress, Error, Json};
use utoipa::ToSchema;

use super::ask_passkey::{PasskeyChallengeBody, ask_passkey};
use crate::domain::{Ceremony, ENROLMENT_INVALID, Secret};
use crate::{App, store};

/// The two halves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginStaffEnrolment {
    /// From whoever proposed the enrolment.
    proposal_secret: Secret,
    /// From whoever approved it.
    approval_secret: Secret,
}

/// They stay good until the passkey is there, so that whoever is interrupted can begin again.
pub(crate) async fn begin_staff_enrolment(
    app: App,
    ClientAddress(address): ClientAddress,
    Json(input): Json<BeginStaffEnrolment>,
) -> Result<Json<PasskeyChallengeBody>, Error> {
    app.throttle.count_passkey_challenge(address).await?;
    let mut tx = app.database.begin().await?;
    let (proposal, approval) = (&input.proposal_secret, &input.approval_secret);
    let found = store::enrolments::find_enrolment(&mut tx, proposal, approval).await?;
    let enrolment_id = found.ok_or(ENROLMENT_INVALID)?;
    let open = store::enrolments::lock_open_enrolment(&mut tx, enrolment_id).await?;
    let staff_id = open.ok_or(ENROLMENT_INVALID)?.staff_id;
    let member = store::staff::lock_staff(&mut tx, staff_id).await?.ok_or(ENROLMENT_INVALID)?;
    tx.commit().await?;
    let (account, label) = (staff_id.uuid(), member.name.as_str());
    let known = member.passkey.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let (public_key, state) = app.relying_party.begin_registration(account, label, known)?;
    ask_passkey(&app, public_key, Ceremony::StaffEnrolment { enrolment_id, state }).await
}
