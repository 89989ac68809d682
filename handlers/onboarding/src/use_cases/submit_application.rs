//! A person sends an application off. What was read of the document already is decided at once.

use service::database::{Tx, now};
use service::{Caller, Error, Id, Json, causes};
use values::ApplicationId;

use super::act_on_application::{Locked, Word, act_on, lock};
use super::decide_application::decide_application;
use super::read_application::ApplicationBody;
use crate::domain::{Act, Actor, NO_APPLICATION};
use crate::{App, store};

/// Who was not answered asks again: what was submitted already is answered as it stands.
pub(crate) async fn submit_application(
    app: App,
    Id(id): Id<ApplicationId>,
    caller: Caller,
) -> Result<Json<ApplicationBody>, Error> {
    let mut tx = app.database.begin().await?;
    let mut locked = lock_own(&mut tx, id, &caller).await?;
    if locked.application.status.is_sent_off() {
        return Ok(Json(ApplicationBody::of(&locked.application)));
    }
    let by = Actor::Applicant(caller.user_id);
    act_on(&app, &mut tx, &mut locked, &Act::Submit, &Word::of(&by, now())).await?;
    app.outbox.commit(tx).await?;
    // It is submitted, whatever becomes of this: the timer decides what was not decided.
    if let Err(error) = decide_application(&app, id).await {
        tracing::warn!(application_id = %id, causes = causes(&error), "not decided at once");
    }
    let mut conn = app.database.conn().await?;
    let decided = store::applications::find_application(&mut conn, id).await?;
    Ok(Json(ApplicationBody::of(&decided.unwrap_or(locked.application))))
}

/// Somebody else's is as one that is not there.
pub(super) async fn lock_own(
    tx: &mut Tx,
    id: ApplicationId,
    caller: &Caller,
) -> Result<Locked, Error> {
    let locked = lock(tx, id).await?;
    let own = locked.filter(|locked| locked.application.user_id == caller.user_id);
    Ok(own.ok_or(NO_APPLICATION)?)
}
