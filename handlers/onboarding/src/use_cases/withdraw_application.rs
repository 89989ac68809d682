//! A person takes an application back. What they have uploaded and said is deleted soon after.

use service::database::now;
use service::{Caller, Error, Id, Json};
use values::ApplicationId;

use super::act_on_application::{Word, act_on};
use super::read_application::ApplicationBody;
use super::submit_application::lock_own;
use crate::App;
use crate::domain::{Act, Actor, ApplicationStatus};

/// Who was not answered asks again.
pub(crate) async fn withdraw_application(
    app: App,
    Id(id): Id<ApplicationId>,
    caller: Caller,
) -> Result<Json<ApplicationBody>, Error> {
    let mut tx = app.database.begin().await?;
    let mut locked = lock_own(&mut tx, id, &caller).await?;
    if locked.application.status != ApplicationStatus::Withdrawn {
        let by = Actor::Applicant(caller.user_id);
        act_on(&app, &mut tx, &mut locked, &Act::Withdraw, &Word::of(&by, now())).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(Json(ApplicationBody::of(&locked.application)))
}
