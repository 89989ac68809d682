//! A person calls off what somebody else asked for in their name: from any device or passkey, or
//! with a code to the number that is said to be lost.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Caller, Error, INVALID_TOKEN, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use uuid::Uuid;
use values::{DeviceId, SignedAt, UserId};

use super::prove_phone::prove_phone;
use super::require_signature::require_signature;
use super::spend_signature::spend_signature;
use crate::domain::{
    CodePurpose, DeviceAct, NO_RECOVERY, OTP_INVALID, OtpCode, SecurityEvent, SecurityEventType,
};
use crate::signed_act::SignedAct;
use crate::{App, store};

/// A code to the number that the account has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelRecoveryByPhone {
    #[schema(value_type = String, format = "uuid")]
    challenge_id: Uuid,
    code: OtpCode,
}

pub(crate) async fn cancel_recovery(
    app: App,
    caller: Caller,
    trace: TraceContext,
    act: SignedAct,
) -> Result<NoContent, Error> {
    let wanted = DeviceAct::CancelRecovery;
    let signed_at = require_signature(&app, trace, &caller, &act, &wanted).await?;
    // Whoever finishes it waits for the same rows.
    retry_lock_conflicts(|| cancel_by_device(&app, trace, &caller, signed_at)).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

/// Nobody without a right code learns whether the number has an account, or whether somebody asks
/// for it.
pub(crate) async fn cancel_recovery_by_phone(
    app: App,
    trace: TraceContext,
    Json(input): Json<CancelRecoveryByPhone>,
) -> Result<NoContent, Error> {
    let phone =
        prove_phone(&app, input.challenge_id, &input.code, CodePurpose::StopRecovery).await?;
    // This answer tells that the code was right, so it must not serve any more.
    if !app.challenges.redeem(input.challenge_id).await? {
        return Err(OTP_INVALID.into());
    }
    let indexed = app.phone_vault.indexed(&phone).await?;
    let mut conn = app.database.conn().await?;
    let user = store::users::find_user(&mut conn, indexed).await?;
    drop(conn);
    let (user_id, _) = user.ok_or(NO_RECOVERY)?;
    let cancel = || async {
        let mut tx = app.database.begin().await?;
        cancel_open(&app, &mut tx, trace, user_id, None).await?;
        Ok(tx.commit().await?)
    };
    retry_lock_conflicts(cancel).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn cancel_by_device(
    app: &App,
    trace: TraceContext,
    caller: &Caller,
    signed_at: Option<&SignedAt>,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    let device_id = Some(caller.device_id);
    // Before any login, as whoever finishes it locks them. It comes to nothing unless the login
    // is still good.
    let cancelled = cancel_open(app, &mut tx, trace, caller.user_id, device_id).await;
    store::lock_session(&mut tx, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    spend_signature(&mut tx, caller.device_id, signed_at).await?;
    cancelled?;
    Ok(tx.commit().await?)
}

async fn cancel_open(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    user_id: UserId,
    device_id: Option<DeviceId>,
) -> Result<(), Error> {
    if !store::recoveries::cancel_open_recoveries(tx, user_id).await? {
        return Err(NO_RECOVERY.into());
    }
    let kind = SecurityEventType::RecoveryCancelled;
    app.trail.record(tx, trace, SecurityEvent { kind, user_id, device_id }).await
}
