//! A member of staff logs in by passkey, unless Entra ID says who is staff.

use serde::{Deserialize, Serialize};
use service::database::{Database, Tx};
use service::{
    ACCESS_LIFETIME_SECONDS, Error, Json, Keyed, Recorded, Resource, Staff, causes, find_recorded,
    once,
};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{IdempotencyKey, SessionId, StaffId, StaffRole};
use webauthn_rs::prelude::{PublicKeyCredential, WebauthnError};

use super::begin_session::TOKENS_REPLAYED_SECONDS;
use super::record_act::record_act;
use crate::domain::{
    Ceremony, PASSKEY_CHALLENGE_INVALID, PASSKEY_UNKNOWN, STAFF_LOG_IN_ELSEWHERE, StaffActType,
    StaffMember,
};
use crate::relying_party::refusal;
use crate::{App, store};

/// What a passkey answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogInStaff {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    /// What `navigator.credentials.get` gave, as its `toJSON()` writes it.
    #[schema(value_type = HashMap<String, Value>)]
    credential: PublicKeyCredential,
}

/// What a member of staff works with from now on.
#[derive(Serialize, ToSchema)]
pub(crate) struct StaffTokenBody {
    staff_id: StaffId,
    roles: Vec<StaffRole>,
    /// A JWT for the routes of staff.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the login lasts: it is not renewed, the passkey or Entra ID is asked again.
    #[schema(example = 600)]
    expires_in_seconds: u64,
}

impl StaffTokenBody {
    pub(super) fn new(staff: Staff, access_token: String) -> Self {
        Self {
            staff_id: staff.staff_id,
            roles: staff.roles,
            access_token,
            token_type: "Bearer",
            expires_in_seconds: ACCESS_LIFETIME_SECONDS,
        }
    }
}

impl Resource for StaffTokenBody {
    const LOCATION: &'static str = "/api/v1/staff/members";
}

pub(crate) async fn log_in_staff(
    app: App,
    key: IdempotencyKey,
    Json(input): Json<LogInStaff>,
) -> Result<Recorded<StaffTokenBody>, Error> {
    if app.entra_id.is_some() {
        return Err(STAFF_LOG_IN_ELSEWHERE.into());
    }
    let keyed = Keyed::new(input.challenge_id, &key, "log_in_staff", &input)?;
    let keyed = keyed.replayed_for_seconds(TOKENS_REPLAYED_SECONDS);
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let Some(Ceremony::StaffLogIn { challenge }) =
        app.passkey_challenges.find(input.challenge_id).await?
    else {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    };
    once(&app.database, &keyed, |tx| insert(&app, tx, &challenge, &input)).await
}

async fn insert(
    app: &App,
    mut tx: Tx,
    challenge: &str,
    input: &LogInStaff,
) -> Result<(Tx, StaffTokenBody), Error> {
    let assertion = &input.credential;
    let credential_id = assertion.get_credential_id();
    let found = store::staff::lock_staff_by_passkey(&mut tx, credential_id).await?;
    let (StaffMember { staff_id, name, roles, .. }, mut passkey) = found.ok_or(PASSKEY_UNKNOWN)?;
    let staff = Staff { staff_id, session_id: SessionId::new(), name, roles };
    let checked = app.relying_party.check(staff_id.uuid(), &mut passkey, assertion, challenge);
    if let Err(error) = checked {
        if matches!(error, WebauthnError::CredentialPossibleCompromise) {
            tokio::spawn(record_clone(app.database.clone(), staff));
        }
        return Err(refusal(&error).into());
    }
    store::staff::update_staff_passkey(&mut tx, staff_id, &passkey).await?;
    store::staff::insert_staff_session(&mut tx, staff.session_id, staff_id, None).await?;
    record_act(&mut tx, &staff, StaffActType::LoggedIn, None).await?;
    let access_token = app.signer.staff_token(&staff).map_err(Error::internal)?;
    // Last, so that a failure above leaves the challenge.
    if !app.passkey_challenges.redeem(input.challenge_id).await? {
        return Err(PASSKEY_CHALLENGE_INVALID.into());
    }
    Ok((tx, StaffTokenBody::new(staff, access_token)))
}

/// Apart from the log-in, which comes to nothing. Nobody waits for it.
async fn record_clone(database: Database, staff: Staff) {
    let recorded = async {
        let mut tx = database.begin().await?;
        record_act(&mut tx, &staff, StaffActType::PasskeyCloned, None).await?;
        Ok::<(), Error>(tx.commit().await?)
    };
    if let Err(error) = recorded.await {
        tracing::error!(causes = causes(&error), "a copied passkey is not on record");
    }
}
