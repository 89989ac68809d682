//! A person says what they are called and which language they read.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Caller, Error, Json};
use utoipa::ToSchema;
use values::{DisplayName, Language};

use super::read_profile::ProfileBody;
use crate::domain::NO_PROFILE;
use crate::{App, store};

/// The person's own words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceProfile {
    display_name: DisplayName,
    language: Language,
}

pub(crate) async fn replace_profile(
    app: App,
    caller: Caller,
    trace: TraceContext,
    Json(input): Json<ReplaceProfile>,
) -> Result<Json<ProfileBody>, Error> {
    let user_id = caller.user_id;
    let mut tx = app.database.begin().await?;
    store::save_profile(&mut tx, user_id, &input.display_name, input.language).await?;
    let profile = store::find_profile(&mut tx, user_id).await?.ok_or(NO_PROFILE)?;
    let changed = app.outbox.envelope(trace, user_id.to_string(), &profile.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(Json(ProfileBody::from(profile)))
}
