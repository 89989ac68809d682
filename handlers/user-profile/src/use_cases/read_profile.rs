//! A person reads their own profile.

use serde::Serialize;
use service::{Caller, Error, Versioned};
use utoipa::ToSchema;
use values::{DisplayName, Language, NOT_YET_KNOWN, UserId};

use crate::domain::Profile;
use crate::{App, store};

/// A person's own profile.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileBody {
    user_id: UserId,
    /// Null until the person has chosen one.
    display_name: Option<DisplayName>,
    language: Language,
    /// Counts the changes, from 1.
    version: u32,
}

impl ProfileBody {
    pub(crate) fn versioned(profile: Profile) -> Versioned<Self> {
        let Profile { user_id, display_name, language, version } = profile;
        Versioned { version, body: Self { user_id, display_name, language, version } }
    }
}

pub(crate) async fn read_profile(
    app: App,
    caller: Caller,
) -> Result<Versioned<ProfileBody>, Error> {
    let mut conn = app.database.conn().await?;
    let profile = store::find_profile(&mut conn, caller.user_id).await?.ok_or(NOT_YET_KNOWN)?;
    Ok(ProfileBody::versioned(profile))
}
