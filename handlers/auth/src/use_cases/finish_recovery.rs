//! The person chooses a PIN and registers a device, with another code to the new number: from then
//! on the account is theirs alone.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Id, Json, Recorded, causes, find_recorded, once};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{IdempotencyKey, RecoveryId};

use super::begin_session::TokensBody;
use super::end_sessions::end_sessions;
use super::prove_registration::{
    Proved, give_back_proved_unless, prove_registration, refuse_proved, seal_proved,
};
use super::register_device::{Registration, register_device};
use crate::domain::{
    CodePurpose, EndReason, Guessed, OTP_INVALID, PHONE_ALREADY_REGISTERED, PHONE_CHANGED_NOTICE,
    RECOVERY_NOT_READY, Recovery, RecoveryStatus, SealedPhone, SecurityEventType, SessionsOf,
};
use crate::store::users::PhoneClaim;
use crate::{App, store};

/// The new number's proof, the new PIN and the first device of the account as it is from now on.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct FinishRecovery(Registration);

/// All devices, passkeys and logins end.
pub(crate) async fn finish_recovery(
    app: App,
    Id(recovery_id): Id<RecoveryId>,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(FinishRecovery(input)): Json<FinishRecovery>,
) -> Result<Recorded<TokensBody>, Error> {
    input.device.check()?;
    let keyed = input.keyed(&app, &key, &format!("finish_recovery {recovery_id}"))?;
    // A challenge is good once, so a repeat must not get as far as checking it.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let proved = prove_registration(&app, &input, CodePurpose::Recovery).await?;
    let Proved { phone, guess, .. } = &proved;
    let indexed = app.phone_vault.indexed(phone).await?;
    let mut conn = app.database.conn().await?;
    let recovery = store::recoveries::find_recovery(&mut conn, recovery_id).await?;
    let now = OffsetDateTime::now_utc();
    let recovery = recovery.filter(|it| it.require_finishable(indexed, now).is_ok());
    let former = match &recovery {
        Some(recovery) => store::users::find_registration(&mut conn, recovery.user_id).await?,
        None => None,
    };
    drop(conn);
    let (Some(recovery), Some(former)) = (recovery, former) else {
        return Err(refuse_proved(&app, &input, guess, RECOVERY_NOT_READY).await);
    };
    let user_id = recovery.user_id;
    // Before anything is done: after it, nobody would try again to tell the former number.
    let former = match &former.phone {
        kept if kept.is(indexed) => None,
        _ => {
            let opened = app.phone_vault.open(user_id, &former).await;
            Some(give_back_proved_unless(&app, input.challenge_id, guess, opened).await?)
        }
    };
    let sealed = seal_proved(&app, user_id, input.challenge_id, &proved).await?;
    let finish = |tx| finish(&app, tx, trace, &recovery, (&sealed, &proved), &input);
    let finished = once(&app.database, &keyed, finish).await?;
    app.outbox.nudge();
    let Some(former) = former else { return Ok(finished) };
    tokio::spawn(async move {
        if let Err(error) = app.sms.send(&former, PHONE_CHANGED_NOTICE).await {
            tracing::error!(causes = causes(&error), "cannot tell a phone that it was left");
        }
    });
    Ok(finished)
}

async fn finish(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    found: &Recovery,
    (sealed, proved): (&SealedPhone, &Proved),
    input: &Registration,
) -> Result<(Tx, TokensBody), Error> {
    let Recovery { recovery_id, user_id, .. } = *found;
    let Proved { phone, guess, pin_hash } = proved;
    // The person, devices and then logins, as a log-in locks them.
    store::pins::lock_pin_version(&mut tx, user_id).await?.ok_or(RECOVERY_NOT_READY)?;
    // It may have been called off meanwhile, or another finished.
    let recovery = store::recoveries::lock_recovery(&mut tx, recovery_id).await?;
    let recovery = recovery.ok_or(RECOVERY_NOT_READY)?;
    recovery.require_finishable(sealed.indexed(), OffsetDateTime::now_utc())?;
    let claim = store::users::update_recovered_user(&mut tx, user_id, sealed, pin_hash).await?;
    if claim != PhoneClaim::Claimed {
        return Err(refuse_proved(app, input, guess, PHONE_ALREADY_REGISTERED).await);
    }
    store::recoveries::update_status(&mut tx, recovery_id, RecoveryStatus::Finished).await?;
    store::recoveries::cancel_open_recoveries(&mut tx, user_id).await?;
    store::devices::revoke_all_devices(&mut tx, user_id).await?;
    let all = SessionsOf::User(user_id);
    end_sessions(app, &mut tx, trace, all, EndReason::Recovered).await?;
    store::pin_resets::delete_pin_reset(&mut tx, user_id).await?;
    for guessed in [Guessed::PinOf(user_id), Guessed::PinOnNewDevices(user_id)] {
        store::guesses::forget_wrong_guesses(&mut tx, guessed).await?;
    }
    // Before the device is added, which then is a new one close to it.
    store::limits::limit_recovered(&mut tx, user_id).await?;
    let kind = SecurityEventType::AccountRecovered;
    let tokens = register_device(app, &mut tx, trace, (kind, user_id), input).await?;
    app.phones.forget_wrong_codes(&mut tx, phone).await?;
    // Last, so that a failure above leaves the code.
    if !app.challenges.redeem(input.challenge_id).await? {
        return Err(OTP_INVALID.into());
    }
    Ok((tx, tokens))
}
