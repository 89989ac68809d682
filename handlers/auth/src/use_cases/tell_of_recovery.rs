//! The owner of an account that somebody asks for is told on every channel, and the wait begins.

use service::trace::{self, TraceContext};
use service::{Error, causes};
use values::RecoveryId;

use crate::domain::{Recovery, SecurityEvent, SecurityEventType};
use crate::sms::SmsError;
use crate::{App, store};

/// How many the timer looks at in one run.
const UNTOLD_MAX: u32 = 50;

/// Those whose telling failed, or was lost with an instance: their wait has not begun.
pub(crate) async fn tell_of_recoveries(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let untold = store::recoveries::list_untold(&mut conn, UNTOLD_MAX).await?;
    drop(conn);
    for recovery_id in untold {
        if let Err(error) = tell_of_recovery(&app, trace::current(), recovery_id).await {
            tracing::error!(causes = causes(&error), "cannot tell of a recovery yet");
        }
    }
    Ok(())
}

/// First by text message: if it cannot be sent now, the wait does not begin. One that its network
/// does not take is as told as it can be. The message may come twice, never not at all.
pub(super) async fn tell_of_recovery(
    app: &App,
    trace: TraceContext,
    recovery_id: RecoveryId,
) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let phone = store::recoveries::find_untold_phone(&mut conn, recovery_id).await?;
    let Some(phone) = phone else { return Ok(()) };
    drop(conn);
    let phone = app.phone_vault.open_old(recovery_id, &phone).await?;
    let indexed = app.phone_vault.indexed(&phone).await?;
    let mut conn = app.database.conn().await?;
    let user = store::users::find_user(&mut conn, indexed).await?;
    let owner = user.map(|(user_id, _)| user_id);
    drop(conn);
    if owner.is_some() {
        match app.sms.send(&phone, Recovery::NOTICE).await {
            Ok(()) | Err(SmsError::NotAccepted) => {}
            Err(error) => return Err(Error::internal(error)),
        }
    }
    let mut tx = app.database.begin().await?;
    if !store::recoveries::begin_wait(&mut tx, recovery_id, owner).await? {
        return Ok(());
    }
    if let Some(user_id) = owner {
        let kind = SecurityEventType::RecoveryAsked;
        let event = SecurityEvent { kind, user_id, device_id: None };
        app.trail.record(&mut tx, trace, event).await?;
    }
    Ok(app.outbox.commit(tx).await?)
}
