//! All SQL of this service.

mod handles;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{DisplayName, Language, PictureId, UserId};

use crate::domain::{Handle, HandleChanges, Profile};

pub(crate) use handles::{
    count_handle_lookup, find_by_handle, find_handle_lookups, give_up_handle, lock_handle,
    take_handle,
};

/// As `SELECT_ONE` says.
type ProfileRow =
    (Option<String>, String, Option<String>, bool, Time, Time, Time, Option<Uuid>, u32);
type Time = Option<PrimitiveDateTime>;

const SELECT_ONE: &str = "SELECT display_name, language, handle, is_findable, handle_set_at,
    handle_changed_at, handle_changed_before_at, picture_id, version
    FROM profiles WHERE user_id = ?";

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
        "UPDATE profiles SET display_name = ?, language = ?, handle = ?, is_findable = ?,
             handle_set_at = ?, handle_changed_at = ?, handle_changed_before_at = ?,
             picture_id = ?, version = ?
         WHERE user_id = ?",
        (
            profile.display_name.as_ref().map(DisplayName::as_str),
            profile.language.code(),
            profile.handle.as_ref().map(Handle::as_str),
            profile.is_findable,
            profile.handle_changes.set_at.map(stored),
            profile.handle_changes.changed_at.map(stored),
            profile.handle_changes.changed_before_at.map(stored),
            profile.picture_id.map(PictureId::uuid),
            profile.version,
            profile.user_id.uuid(),
        ),
    )
    .await
}

fn profile(user_id: UserId, row: ProfileRow) -> Result<Profile, Error> {
    let (name, language, handle, is_findable, set_at, changed_at, before_at, picture, version) =
        row;
    let unreadable = || Error::Other(format!("profile {user_id} cannot be read").into());
    let read = |at: Time| at.map(PrimitiveDateTime::assume_utc);
    Ok(Profile {
        user_id,
        display_name: name
            .map(|name| DisplayName::try_from(name).map_err(|_| unreadable()))
            .transpose()?,
        language: Language::from_code(&language).ok_or_else(unreadable)?,
        handle: handle.map(|handle| handle.parse().map_err(|_| unreadable())).transpose()?,
        is_findable,
        handle_changes: HandleChanges {
            set_at: read(set_at),
            changed_at: read(changed_at),
            changed_before_at: read(before_at),
        },
        picture_id: picture.map(PictureId::from_uuid),
        version,
    })
}

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}
