//! A person corrects what they have said, while nobody decides by it.

use serde::Deserialize;
use service::database::now;
use service::{Caller, Error, Id, IfMatch, Json, Versioned};
use utoipa::ToSchema;
use values::ApplicationId;

use super::act_on_application::{Word, act_on};
use super::begin_application::{require_details_left, require_owners};
use super::read_application::ApplicationBody;
use super::submit_application::lock_own;
use crate::domain::{Act, Actor, DETAILS_OF_OTHER_KIND, Details, NO_APPLICATION};
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
    let at = now();
    // Who may not change it costs no call of Key Vault.
    let mut conn = app.database.conn().await?;
    let found = store::applications::find_application(&mut conn, id).await?;
    let own = found.filter(|application| application.user_id == caller.user_id);
    let mut application = own.ok_or(NO_APPLICATION)?;
    if_match.require(application.version)?;
    if (application.kind, application.business_id) != (details.kind(), details.business_id()) {
        return Err(DETAILS_OF_OTHER_KIND.into());
    }
    application.act(&Act::Change, at)?;
    require_details_left(&mut conn, caller.user_id, at).await?;
    drop(conn);
    let sealed = app.personal_data.seal_details(id, &details).await?;
    let mut tx = app.database.begin().await?;
    let mut locked = lock_own(&mut tx, id, &caller).await?;
    if_match.require(locked.application.version)?;
    require_details_left(&mut tx, caller.user_id, at).await?;
    let by = Actor::Applicant(caller.user_id);
    act_on(&app, &mut tx, &mut locked, &Act::Change, &Word::of(&by, at)).await?;
    store::applications::save_details(&mut tx, id, &sealed).await?;
    app.outbox.commit(tx).await?;
    Ok(ApplicationBody::versioned(&locked.application))
}
