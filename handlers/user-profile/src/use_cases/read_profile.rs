//! A person reads their own profile.

use values::UserId;

use crate::domain::Profile;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn read_profile(app: &App, user_id: UserId) -> Result<Profile, Error> {
    let mut conn = app.pool.get_conn().await?;
    store::find_profile(&mut conn, user_id).await?.ok_or(Error::NoProfile)
}
