//! A person says what they are called and which language they read.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Caller, Change, Error, IfMatch, MergePatch, Versioned};
use utoipa::ToSchema;
use values::{DisplayName, Language, NOT_YET_KNOWN};

use super::read_profile::ProfileBody;
use crate::{App, store};

/// What the person changes of their own words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProfile {
    #[serde(default)]
    #[schema(value_type = DisplayName)]
    display_name: Change<DisplayName>,
    #[serde(default)]
    #[schema(value_type = Language)]
    language: Change<Language>,
}

/// Of a change that changes nothing nobody is told, and the version stays.
pub(crate) async fn change_profile(
    app: App,
    caller: Caller,
    if_match: IfMatch,
    trace: TraceContext,
    MergePatch(input): MergePatch<ChangeProfile>,
) -> Result<Versioned<ProfileBody>, Error> {
    let user_id = caller.user_id;
    let mut tx = app.database.begin().await?;
    let mut profile = store::lock_profile(&mut tx, user_id).await?.ok_or(NOT_YET_KNOWN)?;
    if_match.require(profile.version)?;
    let display_name = input.display_name.given().or(profile.display_name.clone());
    let language = input.language.given().unwrap_or(profile.language);
    if profile.change(display_name, language) {
        store::update_profile(&mut tx, &profile).await?;
        let changed = app.outbox.envelope(trace, user_id.to_string(), &profile.changed_event())?;
        app.outbox.append(&mut tx, &[changed]).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(ProfileBody::versioned(profile))
}
