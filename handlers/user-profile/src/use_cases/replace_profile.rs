//! A person says what they are called and which language they read.

use mysql_async::TxOpts;
use serde::Deserialize;
use utoipa::ToSchema;
use values::{DisplayName, UserId};

use super::read_profile::ProfileBody;
use crate::domain::Language;
use crate::error::Error;
use crate::{App, store};

/// The person's own words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceProfile {
    display_name: DisplayName,
    language: Language,
}

pub(crate) async fn replace_profile(
    app: &App,
    user_id: UserId,
    input: ReplaceProfile,
) -> Result<ProfileBody, Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    store::save_profile(&mut tx, user_id, &input.display_name, input.language).await?;
    let profile = store::find_profile(&mut tx, user_id).await?.ok_or(Error::NoProfile)?;
    let changed = app.outbox.envelope(user_id.to_string(), &profile.changed_event())?;
    app.outbox.append(&mut tx, &[changed]).await?;
    app.outbox.commit(tx).await?;
    Ok(ProfileBody::from(profile))
}
