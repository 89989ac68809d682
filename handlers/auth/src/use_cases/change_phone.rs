//! A person moves to another phone number, which counts at once: with codes to both, the PIN, and
//! the signature of a device.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Json, NoContent, causes, retry_lock_conflicts};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{Phone, SignedAt};

use super::check_pin::{check_pin, hold_pin};
use super::prove_phone::{give_back_unless, prove_phone};
use super::require_signature::require_signature;
use super::spend_signature::spend_signature;
use crate::domain::{
    CodePurpose, DeviceAct, OTP_INVALID, OtpCode, PHONE_CHANGED_NOTICE, PIN_INVALID, Pin,
    SealedPhone, SecurityEvent, SecurityEventType,
};
use crate::signed_act::SignedAct;
use crate::store::users::PhoneClaim;
use crate::{App, store};

/// The PIN, and a code to each of the two phones.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePhone {
    pin: Pin,
    /// To the phone that the person has.
    current: SentToPhone,
    /// To the phone that they move to.
    new: SentToPhone,
}

/// A challenge and the code that was sent with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentToPhone {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    code: OtpCode,
}

/// What was proved before anything is written.
struct Proved<'a> {
    caller: &'a Caller,
    pin_version: u32,
    signed_at: Option<&'a SignedAt>,
    current: &'a Phone,
    new: &'a SealedPhone,
    challenge_ids: [Uuid; 2],
}

/// A number that somebody else has is answered like a wrong code, and uses the code up: nobody
/// learns who has a wallet.
pub(crate) async fn change_phone(
    app: App,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
    Json(input): Json<ChangePhone>,
) -> Result<NoContent, Error> {
    let wanted = DeviceAct::ChangePhone(input.new.challenge_id);
    let signed_at = require_signature(&app, trace, &caller, &act, &wanted).await?;
    let pin_version = check_pin(&app, &caller, &input.pin).await?;
    let mut conn = app.database.conn().await?;
    let registration = store::users::find_registration(&mut conn, caller.user_id).await?;
    drop(conn);
    let registered = registration.ok_or(INVALID_TOKEN)?.phone;
    let prove = async |SentToPhone { challenge_id, code }: &SentToPhone| {
        prove_phone(&app, *challenge_id, code, CodePurpose::NewNumber).await
    };
    let current = prove(&input.current).await?;
    if !registered.is(app.phone_vault.indexed(&current).await?) {
        return Err(OTP_INVALID.into());
    }
    let new = prove(&input.new).await?;
    input.pin.require_strong(Some(&new))?;
    let challenge_ids = [input.current.challenge_id, input.new.challenge_id];
    let new = app.phone_vault.seal(caller.user_id, &new).await;
    let new = &give_back_unless(&app, &challenge_ids, new).await?;
    let proved =
        Proved { caller: &caller, pin_version, signed_at, current: &current, new, challenge_ids };
    // Two people who want one number wait for each other.
    retry_lock_conflicts(|| change(&app, trace, &proved)).await?;
    app.outbox.nudge();
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&current, PHONE_CHANGED_NOTICE).await {
            tracing::error!(causes = causes(&error), "cannot tell a phone that it was left");
        }
    });
    Ok(NoContent)
}

async fn change(app: &App, trace: TraceContext, proved: &Proved<'_>) -> Result<(), Error> {
    let Proved { caller, pin_version, signed_at, current, new, challenge_ids } = proved;
    let current = app.phone_vault.indexed(current).await?;
    let mut tx = app.database.begin().await?;
    if !hold_pin(&mut tx, caller.user_id, *pin_version).await? {
        return Err(PIN_INVALID.into());
    }
    // Whoever knows the PIN has not forgotten it, and a code to the old number asked for it.
    store::pin_resets::delete_pin_reset(&mut tx, caller.user_id).await?;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, *signed_at).await?;
    match store::users::update_phone(&mut tx, caller.user_id, current, new).await? {
        PhoneClaim::Claimed => {}
        // Another device was quicker.
        PhoneClaim::Outdated => return Err(OTP_INVALID.into()),
        PhoneClaim::Taken => {
            for challenge_id in challenge_ids {
                app.challenges.redeem(*challenge_id).await?;
            }
            return Err(OTP_INVALID.into());
        }
    }
    let kind = SecurityEventType::PhoneChanged;
    let (user_id, device_id) = (caller.user_id, Some(caller.device_id));
    store::limits::limit_recovered(&mut tx, user_id).await?;
    app.trail.record(&mut tx, trace, SecurityEvent { kind, user_id, device_id }).await?;
    // Last, so that a failure above leaves the codes.
    for challenge_id in challenge_ids {
        if !app.challenges.redeem(*challenge_id).await? {
            return Err(OTP_INVALID.into());
        }
    }
    Ok(tx.commit().await?)
}
