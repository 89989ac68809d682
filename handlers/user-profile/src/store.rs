//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use outbox::Tx;
use values::{DisplayName, Phone, UserId};

use crate::domain::{Language, Profile};

type ProfileRow = (Option<String>, Option<String>, String, u32);

/// The person's own words replace the earlier ones, or begin the profile.
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
        (user_id.uuid(), display_name.as_str(), language.tag()),
    )
    .await
}

/// The phone of the sign-up completes the profile, or begins it.
pub(crate) async fn save_phone(tx: &mut Tx, user_id: UserId, phone: &Phone) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO profiles (user_id, phone, version) VALUES (?, ?, 1)
         ON DUPLICATE KEY UPDATE phone = VALUES(phone)",
        (user_id.uuid(), phone.to_string()),
    )
    .await
}

pub(crate) async fn find_profile(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<Profile>, Error> {
    let row: Option<ProfileRow> = connection
        .exec_first(
            "SELECT phone, display_name, language, version FROM profiles WHERE user_id = ?",
            (user_id.uuid(),),
        )
        .await?;
    row.map(|row| profile(user_id, row)).transpose()
}

fn profile(user_id: UserId, row: ProfileRow) -> Result<Profile, Error> {
    let (phone, display_name, language, version) = row;
    let unreadable = || Error::Other(format!("profile {user_id} cannot be read").into());
    Ok(Profile {
        user_id,
        phone: phone.map(|phone| phone.parse().map_err(|_| unreadable())).transpose()?,
        display_name: display_name
            .map(|name| DisplayName::try_from(name).map_err(|_| unreadable()))
            .transpose()?,
        language: Language::from_tag(&language).ok_or_else(unreadable)?,
        version,
    })
}
