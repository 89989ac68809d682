//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::{DisplayName, Language, UserId};

use crate::domain::Profile;

type ProfileRow = (Option<String>, String, u32);

/// Replaces what the person said before, or begins the profile.
pub(crate) async fn save_profile(
    tx: &mut Tx,
    user_id: UserId,
    display_name: &DisplayName,
    language: Language,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO profiles (user_id, display_name, language, version) VALUES (?, ?, ?, 1)
         ON DUPLICATE KEY UPDATE display_name = VALUES(display_name),
             language = VALUES(language), version = version + 1",
        (user_id.uuid(), display_name.as_str(), language.code()),
    )
    .await
}

/// Begins the profile, unless the person has already filled it in.
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
    let row: Option<ProfileRow> = connection
        .exec_first(
            "SELECT display_name, language, version FROM profiles WHERE user_id = ?",
            (user_id.uuid(),),
        )
        .await?;
    row.map(|row| profile(user_id, row)).transpose()
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
