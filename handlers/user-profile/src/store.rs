//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use outbox::Tx;
use values::{Phone, UserId};

use crate::domain::{DisplayName, Language, Profile};

type ProfileRow = (Option<String>, String, String, u32);

/// The person's own words replace the earlier ones, or begin the profile.
pub(crate) async fn upsert_profile(
    tx: &mut Tx,
    user_id: UserId,
    display_name: &DisplayName,
    language: Language,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO profiles (user_id, display_name, language, version) VALUES (?, ?, ?, 1)
         ON DUPLICATE KEY UPDATE display_name = VALUES(display_name),
             language = VALUES(language), version = version + 1",
        (user_id.uuid().as_bytes(), String::from(display_name.clone()), language.tag()),
    )
    .await
}

/// The phone of the sign-up completes the profile, or begins it.
pub(crate) async fn upsert_phone(tx: &mut Tx, user_id: UserId, phone: &Phone) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO profiles (user_id, phone, version) VALUES (?, ?, 1)
         ON DUPLICATE KEY UPDATE phone = VALUES(phone)",
        (user_id.uuid().as_bytes(), phone.to_string()),
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
            (user_id.uuid().as_bytes(),),
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
        display_name: match display_name.as_str() {
            "" => None,
            _ => Some(DisplayName::try_from(display_name).map_err(|_| unreadable())?),
        },
        language: Language::from_tag(&language).ok_or_else(unreadable)?,
        version,
    })
}
