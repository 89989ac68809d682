//! A person corrects what they have said, while nobody decides by it.

use serde::Deserialize;
use service::database::now;
use service::{Caller, Error, Id, IfMatch, Json, Versioned};
use utoipa::ToSchema;
use values::ApplicationId;

use super::act_on_application::{Word, act_on};
use super::begin_application::require_owners;
use super::read_application::ApplicationBody;
use super::submit_application::lock_own;
use crate::domain::{Act, Actor, DETAILS_OF_OTHER_KIND, Details};
use crate::{App, store};

/// All that the applicant says, in place of what they have said.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct ChangeApplication(Details);

/// It stays of its kind, and of its business: another kind is another application.
pub(crate) async fn change_application(
    app: App,
    Id(id): Id<ApplicationId>,
    caller: Caller,
    if_match: IfMatch,
    Json(ChangeApplication(details)): Json<ChangeApplication>,
) -> Result<Versioned<ApplicationBody>, Error> {
    require_owners(&details)?;
    let sealed = app.personal_data.seal_details(id, &details).await?;
    let mut tx = app.database.begin().await?;
    let mut locked = lock_own(&mut tx, id, &caller).await?;
    if_match.require(locked.application.version)?;
    let subject = (locked.application.kind, locked.application.business_id);
    if subject != (details.kind(), details.business_id()) {
        return Err(DETAILS_OF_OTHER_KIND.into());
    }
    let by = Actor::Applicant(caller.user_id);
    act_on(&app, &mut tx, &mut locked, &Act::Change, &Word::of(&by, now())).await?;
    store::applications::save_details(&mut tx, id, &sealed).await?;
    app.outbox.commit(tx).await?;
    Ok(ApplicationBody::versioned(&locked.application))
}
