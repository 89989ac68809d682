//! A person shows more surely who they are, for an act that asks for it (RFC 9470).

use serde::{Deserialize, Serialize};
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_BODY, INVALID_TOKEN, Json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{Level, SignedAt};
use webauthn_rs::prelude::PublicKeyCredential;

use super::check_pin::check_pin;
use super::sign_by_passkey::sign_by_passkey;
use crate::domain::{DeviceAct, LogInProof, Pin};
use crate::{App, store};

/// Either the PIN or a passkey's assertion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUp {
    /// Absent or null where a passkey is used.
    pin: Option<Pin>,
    /// Absent or null where the PIN is used.
    passkey: Option<PasskeyStepUp>,
}

/// A passkey's word that its user is there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyStepUp {
    /// The client's clock, at most 60 seconds ahead: UTC with three decimals, and no other
    /// spelling.
    signed_at: SignedAt,
    /// What `navigator.credentials.get` gave, as its `toJSON()` writes it. Its challenge was the
    /// SHA-256, 32 bytes, of five lines with `\n` between them and none at the end:
    /// `payme-act-v1`, `step-up`, the `device_id` of this login, an empty line and `signed_at`.
    #[schema(value_type = HashMap<String, Value>)]
    credential: PublicKeyCredential,
}

/// An access token in place of the login's own.
#[derive(Serialize, ToSchema)]
pub(crate) struct SteppedUpBody {
    /// Of the same login. For five minutes it shows what the person has shown; it ends when the
    /// token does that was sent.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// What it shows.
    acr: Level,
    /// How long it can be used for what asks for that.
    #[schema(example = 300)]
    expires_in_seconds: u64,
}

/// The login's own tokens stay good, and show nothing more.
pub(crate) async fn step_up(
    app: App,
    caller: Caller,
    trace: TraceContext,
    Json(input): Json<StepUp>,
) -> Result<Json<SteppedUpBody>, Error> {
    let acr = match (input.pin, input.passkey) {
        (Some(pin), None) => {
            check_pin(&app, &caller, &pin).await?;
            Level::Pin
        }
        (None, Some(PasskeyStepUp { signed_at, credential })) => {
            // Before anything is checked, as what signs asks.
            signed_at.require_recent(LogInProof::AGE_MAX_SECONDS, OffsetDateTime::now_utc())?;
            let text = DeviceAct::StepUp.signing_text(caller.device_id, &signed_at);
            sign_by_passkey(&app, trace, &caller, (&text, &signed_at), &credential).await?;
            Level::Passkey
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(INVALID_BODY.because("either pin or passkey is expected").into());
        }
    };
    let mut conn = app.database.conn().await?;
    let session = store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let token = app.signer.step_up_token(&session, acr, caller.expires_at);
    let now = OffsetDateTime::now_utc().unix_timestamp().unsigned_abs();
    Ok(Json(SteppedUpBody {
        access_token: token.map_err(Error::internal)?,
        token_type: "Bearer",
        acr,
        expires_in_seconds: caller.expires_at.saturating_sub(now).min(Level::AGE_MAX_SECONDS),
    }))
}
