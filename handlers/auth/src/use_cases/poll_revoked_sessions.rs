//! Another service learns which logins ended before their tokens did.

use serde::Deserialize;
use service::{Error, Json, Query, RevokedSessions};
use time::OffsetDateTime;
use utoipa::IntoParams;

use crate::App;

/// What the service knows already.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PollRevokedSessions {
    /// The `as_of` of the previous answer; absent to learn all that still matter.
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
}

/// A login's id says nothing to anybody who does not know it already, so the list is public.
pub(crate) async fn poll_revoked_sessions(
    app: App,
    Query(input): Query<PollRevokedSessions>,
) -> Result<Json<RevokedSessions>, Error> {
    let revoked = app.revocations.poll(input.since).await;
    revoked.map(Json).ok_or(Error::Unavailable("Which logins have ended cannot be said now."))
}
