//! An operator ends all logins of a person, at once, and calls off a new PIN. One of the staff is
//! enough for it: what stops somebody must not wait for a second.

use service::trace::TraceContext;
use service::{Error, Id, NoContent, StaffOperator, retry_lock_conflicts};
use values::UserId;

use super::end_sessions::end_sessions;
use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::domain::{
    ActSubject, EndReason, NO_USER, SecurityEvent, SecurityEventType, SessionsOf, StaffActType,
};
use crate::{App, store};

/// The person logs in again as ever: with what they have and know.
pub(crate) async fn end_user_sessions(
    app: App,
    Id(user_id): Id<UserId>,
    by: StaffOperator,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    // A change of the PIN waits for the same rows.
    retry_lock_conflicts(|| end(&app, user_id, &by, trace)).await?;
    app.outbox.nudge();
    Ok(NoContent)
}

async fn end(
    app: &App,
    user_id: UserId,
    by: &StaffOperator,
    trace: TraceContext,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, by).await?;
    store::users::find_registration(&mut tx, user_id).await?.ok_or(NO_USER)?;
    // Whoever has the person's phone would be back a day later, with a PIN of theirs.
    if store::pin_resets::delete_pin_reset(&mut tx, user_id).await? {
        let kind = SecurityEventType::PinResetCancelled;
        let event = SecurityEvent { kind, user_id, device_id: None };
        app.trail.record(&mut tx, trace, event).await?;
    }
    // One that begins meanwhile has locked its row, and is waited for.
    let all = SessionsOf::User(user_id);
    if end_sessions(app, &mut tx, trace, all, EndReason::EndedByStaff).await? > 0 {
        let kind = SecurityEventType::LoggedOutByStaff;
        let event = SecurityEvent { kind, user_id, device_id: None };
        app.trail.record(&mut tx, trace, event).await?;
    }
    let about = Some(ActSubject::Person(user_id));
    record_act(&mut tx, by, StaffActType::LoginsEnded, about).await?;
    Ok(tx.commit().await?)
}
