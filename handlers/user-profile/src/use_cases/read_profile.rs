//! A person reads their own profile.

use serde::Serialize;
use utoipa::ToSchema;
use values::{DisplayName, Phone, UserId};

use crate::domain::{Language, Profile};
use crate::error::Error;
use crate::{App, store};

/// A person's own profile.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileBody {
    user_id: UserId,
    /// Null for the moment that the sign-up takes to arrive.
    phone: Option<Phone>,
    /// Null until the person has chosen one.
    display_name: Option<DisplayName>,
    language: Language,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<Profile> for ProfileBody {
    fn from(profile: Profile) -> Self {
        let Profile { user_id, phone, display_name, language, version } = profile;
        Self { user_id, phone, display_name, language, version }
    }
}

pub(crate) async fn read_profile(app: &App, user_id: UserId) -> Result<ProfileBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let profile = store::find_profile(&mut conn, user_id).await?.ok_or(Error::NoProfile)?;
    Ok(ProfileBody::from(profile))
}
