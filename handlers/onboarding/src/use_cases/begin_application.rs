//! A person begins to become known, or their business.

use mysql_async::prelude::Queryable;
use serde::Deserialize;
use service::database::{Tx, is_duplicate, now};
use service::{Caller, Error, INVALID_BODY, Json, Keyed, Recorded, Resource, find_recorded, once};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{BusinessId, IdempotencyKey, NO_BUSINESS, Refusal, UserId, unknown};

use super::read_application::ApplicationBody;
use crate::domain::{
    APPLICATION_OPEN, Actor, Application, ApplicationKind, Business, DETAILS_A_DAY_MAX, Details,
    IDENTITY_FIRST, OWNERS_MAX, TOO_MANY_APPLICATIONS,
};
use crate::store::applications::SealedDetails;
use crate::store::trail::Line;
use crate::{App, store};

/// What the applicant says; it is never answered.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct BeginApplication(Details);

impl Resource for ApplicationBody {
    const LOCATION: &'static str = "/api/v1/onboarding/applications/{application_id}";
}

pub(crate) async fn begin_application(
    app: App,
    caller: Caller,
    key: IdempotencyKey,
    Json(input): Json<BeginApplication>,
) -> Result<Recorded<ApplicationBody>, Error> {
    let BeginApplication(details) = &input;
    require_owners(details)?;
    let fingerprint = app.personal_data.fingerprint(details)?;
    let keyed = Keyed::new(caller.user_id.uuid(), &key, "begin_application", &fingerprint)?;
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let at = now();
    let mut conn = app.database.conn().await?;
    require_details_left(&mut conn, caller.user_id, at).await?;
    drop(conn);
    let kind = details.kind();
    let begun = Application::begin(kind, caller.user_id, details.business_id(), at);
    let sealed = app.personal_data.seal_details(begun.0.id, details).await?;
    once(&app.database, &keyed, |tx| insert(tx, &begun, &sealed)).await
}

type Begun = (Application, crate::domain::Step);

async fn insert(
    mut tx: Tx,
    (application, step): &Begun,
    sealed: &SealedDetails,
) -> Result<(Tx, ApplicationBody), Error> {
    let user_id = application.user_id;
    let person = store::people::lock_person(&mut tx, user_id).await?;
    require_details_left(&mut tx, user_id, application.since).await?;
    if application.kind != ApplicationKind::Identity && person.identity.is_none() {
        return Err(IDENTITY_FIRST.into());
    }
    if let Some(business_id) = application.business_id {
        require_own(&mut tx, user_id, business_id).await?;
    }
    let line =
        Line { by: &Actor::Applicant(user_id), at: application.since, note: None, engine: None };
    let inserted =
        store::applications::insert_application(&mut tx, application, sealed, step, &line).await;
    match inserted {
        Err(error) if is_duplicate(&error) => return Err(APPLICATION_OPEN.into()),
        inserted => inserted?,
    }
    let body = ApplicationBody::of(application);
    Ok((tx, body))
}

/// Only who owns a business speaks for it: it does not change hands before that is said. Asked
/// before the lock as well, since nobody else is to keep an owner waiting.
async fn require_own(tx: &mut Tx, user_id: UserId, business_id: BusinessId) -> Result<(), Error> {
    let is_own = |business: &Business| business.owner_user_id == user_id && !business.is_closed;
    let Some(business) = store::people::find_business(tx, business_id).await? else {
        return Err(unknown(business_id.uuid(), now(), NO_BUSINESS).into());
    };
    if !is_own(&business) {
        return Err(NO_BUSINESS.into());
    }
    let locked = store::people::lock_business(tx, business_id).await?;
    if locked.as_ref().is_some_and(is_own) { Ok(()) } else { Err(NO_BUSINESS.into()) }
}

/// Asked before anything is sealed, since Key Vault is everybody's; and once more under the
/// person's lock, where nobody else counts.
pub(super) async fn require_details_left(
    connection: &mut impl Queryable,
    user_id: UserId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let day = at.saturating_sub(Duration::DAY);
    if store::trail::count_details(connection, user_id, day).await? < DETAILS_A_DAY_MAX {
        return Ok(());
    }
    let seconds = Duration::DAY.whole_seconds().unsigned_abs();
    Err(TOO_MANY_APPLICATIONS.for_seconds(seconds).into())
}

pub(super) fn require_owners(details: &Details) -> Result<(), Refusal> {
    let detail = format!("1 to {OWNERS_MAX} owners are expected");
    details.has_owners().then_some(()).ok_or_else(|| INVALID_BODY.because(detail))
}
