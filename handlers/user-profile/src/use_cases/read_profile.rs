//! A person reads their own profile.

use serde::Serialize;
use service::{Caller, Error, Versioned};
use utoipa::ToSchema;
use values::{DisplayName, Language, NOT_YET_KNOWN, PictureId, Timestamp, UserId};

use crate::domain::{Handle, Profile};
use crate::{App, store};

/// A person's own profile.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileBody {
    user_id: UserId,
    /// Null until the person has chosen one.
    display_name: Option<DisplayName>,
    language: Language,
    /// Null until the person has chosen one, and when they gave it up.
    handle: Option<Handle>,
    /// Whether others find the person by the handle.
    is_findable: bool,
    /// From when the handle may be changed again; null if it was not changed twice yet.
    handle_changeable_at: Option<Timestamp>,
    /// Shown at `/api/v1/users/pictures/{picture_id}/small` and `…/large`; null without one.
    picture_id: Option<PictureId>,
    /// Counts the changes, from 1.
    version: u32,
}

impl ProfileBody {
    pub(crate) fn versioned(profile: Profile) -> Versioned<Self> {
        let Profile { user_id, display_name, language, handle, is_findable, .. } = profile;
        let Profile { picture_id, version, .. } = profile;
        let handle_changeable_at = profile.handle_changes.changeable_at().map(Timestamp::from);
        let body = Self {
            user_id,
            display_name,
            language,
            handle,
            is_findable,
            handle_changeable_at,
            picture_id,
            version,
        };
        Versioned { version, body }
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
