//! A member of staff logs in by Microsoft Entra ID, which says who is staff where it is configured.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{ClientAddress, Error, Json, Keyed, Recorded, Staff, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, ROLE_MISSING, SessionId};

use super::begin_session::TOKENS_REPLAYED_SECONDS;
use super::log_in_staff::StaffTokenBody;
use super::record_act::record_act;
use super::refuse_duplicate::refuse_duplicate;
use crate::domain::{
    ENTRA_TOKEN_INVALID, EntraPerson, NO_STAFF, STAFF_LOG_IN_ELSEWHERE, StaffActType,
};
use crate::{App, store};

/// Until the last token of before is over: ten minutes at most.
const LOGINS_BY_PASSKEY_LAST: Error =
    Error::Unavailable("Somebody is logged in by passkey still; try again in ten minutes.");

/// What Entra ID gave.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogInStaffByEntraId {
    /// An access token (v2.0) with the scope `staff` of our application, good for one login.
    #[schema(max_length = 16_384)]
    entra_token: String,
}

pub(crate) async fn log_in_staff_by_entra_id(
    app: App,
    key: IdempotencyKey,
    ClientAddress(address): ClientAddress,
    Json(input): Json<LogInStaffByEntraId>,
) -> Result<Recorded<StaffTokenBody>, Error> {
    let entra_id = app.entra_id.as_ref().ok_or(STAFF_LOG_IN_ELSEWHERE)?;
    app.throttle.count_passkey_challenge(address).await?;
    let person = entra_id.check(&input.entra_token).await?;
    let keyed = Keyed::new(person.object_id, &key, "log_in_staff_by_entra_id", &input)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    once(&app.database, &keyed, |tx| insert(&app, tx, &person)).await
}

async fn insert(
    app: &App,
    mut tx: Tx,
    person: &EntraPerson,
) -> Result<(Tx, StaffTokenBody), Error> {
    // Whoever is logged in by passkey too would be two, who could agree with themselves.
    if store::staff::is_logged_in_by_passkey(&mut tx).await? {
        return Err(LOGINS_BY_PASSKEY_LAST);
    }
    let roles = person.roles.as_deref().ok_or(ROLE_MISSING)?;
    // Who was taken off the staff here stays off it, whatever the tenant says.
    let staff_id = store::staff::save_staff_of_entra(&mut tx, person, roles).await?;
    let staff_id = staff_id.ok_or(NO_STAFF)?;
    let session_id = SessionId::new();
    let (name, roles) = (person.name.clone(), roles.to_vec());
    let staff = Staff { staff_id, session_id, name, roles };
    let inserted =
        store::staff::insert_staff_session(&mut tx, session_id, staff_id, Some(&person.token_id));
    inserted.await.map_err(refuse_duplicate(ENTRA_TOKEN_INVALID))?;
    record_act(&mut tx, &staff, StaffActType::LoggedInByEntraId, None).await?;
    let access_token = app.signer.staff_token(&staff).map_err(Error::internal)?;
    Ok((tx, StaffTokenBody::new(staff, access_token)))
}
