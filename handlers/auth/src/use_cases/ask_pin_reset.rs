//! A person who forgot the PIN asks for a new one, with a code to the phone and a device of theirs.
//!
//! Whoever stole the phone has both, so nothing happens for a day, in which the owner is told on
//! every channel and can call it off from any other device.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json, Keyed, Recorded, Resource, causes, find_recorded, once};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use values::{DeviceId, IdempotencyKey, Phone, Timestamp, UserId};

use crate::domain::{
    CodePurpose, DeviceAct, OTP_INVALID, OtpCode, PinReset, SIGNATURE_INVALID, SecurityEvent,
    SecurityEventType,
};
use crate::signed_act::SignedAct;
use crate::{App, store};

/// A code to the phone, and the device that asks, which need not be logged in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskPinReset {
    device_id: DeviceId,
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    code: OtpCode,
}

/// A new PIN that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinResetBody {
    /// That asked, and alone may choose the new PIN.
    device_id: DeviceId,
    /// From then on, for a week.
    ready_at: Timestamp,
}

impl Resource for PinResetBody {
    const LOCATION: &'static str = "/api/v1/auth/pin-resets/current";
}

impl From<PinReset> for PinResetBody {
    fn from(PinReset { device_id, ready_at }: PinReset) -> Self {
        Self { device_id, ready_at: ready_at.into() }
    }
}

pub(crate) async fn ask_pin_reset(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    act: SignedAct,
    Json(input): Json<AskPinReset>,
) -> Result<Recorded<PinResetBody>, Error> {
    let AskPinReset { device_id, challenge_id, code } = input;
    let mut conn = app.database.conn().await?;
    let device = store::devices::find_device(&mut conn, device_id).await?;
    let device = device.ok_or(SIGNATURE_INVALID)?;
    act.require(&device.key, device_id, &DeviceAct::AskPinReset(challenge_id))?;
    let said = (device_id, app.digest_key.digest(code.as_bytes()));
    let keyed = Keyed::new(challenge_id, &key, "ask_pin_reset", &said)?;
    let registration = store::users::find_registration(&mut conn, device.user_id).await?;
    drop(conn);
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let registered = registration.ok_or(SIGNATURE_INVALID)?.phone;
    let phone = app.challenges.find_phone(challenge_id).await?.ok_or(OTP_INVALID)?;
    if !registered.is(app.phone_vault.indexed(&phone).await?) {
        return Err(OTP_INVALID.into());
    }
    let guess = app.phones.guess(&phone, challenge_id, &code, CodePurpose::NewPin).await?;
    if !guess.is_code_right {
        app.phones.was_wrong(guess);
        return Err(OTP_INVALID.into());
    }
    let asker = (device.user_id, device_id);
    let asked =
        once(&app.database, &keyed, |tx| insert(&app, tx, trace, asker, (&phone, challenge_id)))
            .await?;
    app.outbox.nudge();
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&phone, PinReset::NOTICE).await {
            tracing::error!(causes = causes(&error), "cannot tell of a new PIN that was asked for");
        }
    });
    Ok(asked)
}

async fn insert(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    (user_id, device_id): (UserId, DeviceId),
    (phone, challenge_id): (&Phone, Uuid),
) -> Result<(Tx, PinResetBody), Error> {
    if !store::devices::lock_device(&mut tx, device_id).await? {
        return Err(SIGNATURE_INVALID.into());
    }
    store::pin_resets::save_pin_reset(&mut tx, user_id, device_id).await?;
    let reset = store::pin_resets::find_pin_reset(&mut tx, user_id).await?;
    let reset = reset.unwrap_or(PinReset { device_id, ready_at: OffsetDateTime::now_utc() });
    let kind = SecurityEventType::PinResetAsked;
    let event = SecurityEvent { kind, user_id, device_id: Some(device_id) };
    app.trail.record(&mut tx, trace, event).await?;
    app.phones.forget_wrong_codes(&mut tx, phone).await?;
    // Last, so that a failure above leaves the code.
    if !app.challenges.redeem(challenge_id).await? {
        return Err(OTP_INVALID.into());
    }
    Ok((tx, reset.into()))
}
