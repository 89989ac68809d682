//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::{DisplayName, Language, UserId};

use crate::domain::Profile;

type ProfileRow = (Option<String>, String, u32);

const SELECT_ONE: &str = "SELECT display_name, language, version FROM profiles WHERE user_id = ?";

/// Begins the profile, unless it has begun.
pub(crate) async fn begin_profile(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO profiles (user_id, version) VALUES (?, 1)
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (user_id.uuid(),),
    )
    .await
}

pub(crate) async fn find_profile(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<Profile>, Error> {
    let row: Option<ProfileRow> = connection.exec_first(SELECT_ONE, (user_id.uuid(),)).await?;
    row.map(|row| profile(user_id, row)).transpose()
}

/// The same, locked: nobody else changes it until the transaction ends.
pub(crate) async fn lock_profile(tx: &mut Tx, user_id: UserId) -> Result<Option<Profile>, Error> {
    let sql = format!("{SELECT_ONE} FOR UPDATE");
    let row: Option<ProfileRow> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    row.map(|row| profile(user_id, row)).transpose()
}

pub(crate) async fn update_profile(tx: &mut Tx, profile: &Profile) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE profiles SET display_name = ?, language = ?, version = ? WHERE user_id = ?",
        (
            profile.display_name.as_ref().map(DisplayName::as_str),
            profile.language.code(),
            profile.version,
            profile.user_id.uuid(),
        ),
    )
    .await
}

fn profile(user_id: UserId, row: ProfileRow) -> Result<Profile, Error> {
    let (display_name, language, version) = row;
    let unreadable = || Error::Other(format!("profile {user_id} cannot be read").into());
    Ok(Profile {
        user_id,
        display_name: display_name
            .map(|name| DisplayName::try_from(name).map_err(|_| unreadable()))
            .transpose()?,
        language: Language::from_code(&language).ok_or_else(unreadable)?,
        version,
    })
}
