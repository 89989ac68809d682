//! What people are called, and which picture they show to friends: a read model of user-profile.
//! And who has closed their wallet.

use std::collections::HashMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Value};
use service::database::Tx;
use uuid::Uuid;
use values::{PictureId, UserId};

/// What these people are called, in their order; empty for who has not chosen a name.
pub(crate) async fn find_names<const N: usize>(
    tx: &mut Tx,
    user_ids: [UserId; N],
) -> Result<[String; N], Error> {
    let places = vec!["?"; N].join(", ");
    let sql = format!("SELECT user_id, display_name FROM people WHERE user_id IN ({places})");
    let ids: Vec<Value> = user_ids.iter().map(|id| id.uuid().into()).collect();
    let rows: Vec<(Uuid, String)> = tx.exec(sql, Params::Positional(ids)).await?;
    let names: HashMap<Uuid, String> = rows.into_iter().collect();
    Ok(user_ids.map(|id| names.get(&id.uuid()).cloned().unwrap_or_default()))
}

/// What this person shows to friends.
pub(crate) async fn find_picture(tx: &mut Tx, user_id: UserId) -> Result<Option<PictureId>, Error> {
    let sql = "SELECT picture_id FROM people WHERE user_id = ?";
    let picture: Option<Option<Uuid>> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    Ok(picture.flatten().map(PictureId::from_uuid))
}

/// If this is the newest version that was heard of.
pub(crate) async fn update_picture(
    tx: &mut Tx,
    user_id: UserId,
    version: u32,
    picture_id: Option<PictureId>,
) -> Result<(), Error> {
    let sql = "UPDATE people SET picture_id = ? WHERE user_id = ? AND version = ?";
    tx.exec_drop(sql, (picture_id.map(PictureId::uuid), user_id.uuid(), version)).await
}

/// They have closed their wallet.
pub(crate) async fn note_closed(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    let sql = "INSERT INTO closed_people (user_id) VALUES (?)
        ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)";
    tx.exec_drop(sql, (user_id.uuid(),)).await
}

/// Whether they have.
pub(crate) async fn has_closed(tx: &mut Tx, user_id: UserId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM closed_people WHERE user_id = ?";
    let found: Option<u8> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    Ok(found.is_some())
}
