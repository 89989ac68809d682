//! How two people stand to each other.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::Tx;
use values::UserId;

use super::take;
use crate::domain::Standing;

/// What `standing` reads, of `pairs p`.
pub(super) const STANDING: &str = "p.are_friends, p.first_paid, p.second_paid, p.first_asked,
    p.second_asked, p.first_wrote, p.second_wrote, p.first_blocks, p.second_blocks";

/// The two in the order in which they are stored.
const fn of_first(is_first: bool) -> [&'static str; 2] {
    if is_first { ["first", "second"] } else { ["second", "first"] }
}

/// As `STANDING` says, for the first of the two or for the second; that of strangers if nothing is
/// known.
pub(super) fn standing(row: &mut Row, is_first: bool) -> Result<Standing, Error> {
    let mut is_set = |column: &str| -> Result<bool, Error> {
        Ok(take::<Option<bool>>(row, column)?.unwrap_or_default())
    };
    let [own, other] = of_first(is_first);
    Ok(Standing {
        are_friends: is_set("are_friends")?,
        has_paid: is_set(&format!("{own}_paid"))?,
        other_paid: is_set(&format!("{other}_paid"))?,
        other_asked: is_set(&format!("{other}_asked"))?,
        other_wrote: is_set(&format!("{other}_wrote"))?,
        blocks_other: is_set(&format!("{own}_blocks"))?,
        is_blocked: is_set(&format!("{other}_blocks"))?,
    })
}

/// How the one stands to the other.
pub(crate) async fn find_standing(
    connection: &mut impl Queryable,
    one: UserId,
    other: UserId,
) -> Result<Standing, Error> {
    let sql = format!("SELECT {STANDING} FROM pairs p WHERE first_id = ? AND second_id = ?");
    let ids = (one.min(other).uuid(), one.max(other).uuid());
    let row: Option<Row> = connection.exec_first(sql, ids).await?;
    row.map_or(Ok(Standing::default()), |mut row| standing(&mut row, one < other))
}

/// Keeps the newest version; an older one that arrives late changes nothing. Who are no longer
/// friends have not written to each other.
pub(crate) async fn save_friendship(
    tx: &mut Tx,
    [first, second]: [UserId; 2],
    are_friends: bool,
    version: u32,
) -> Result<(), Error> {
    // `friend_version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO pairs (first_id, second_id, are_friends, friend_version) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             first_wrote = first_wrote AND (
                 VALUES(friend_version) <= friend_version OR VALUES(are_friends)
                     OR NOT are_friends),
             second_wrote = second_wrote AND (
                 VALUES(friend_version) <= friend_version OR VALUES(are_friends)
                     OR NOT are_friends),
             are_friends = IF(
                 VALUES(friend_version) > friend_version, VALUES(are_friends), are_friends),
             friend_version = GREATEST(friend_version, VALUES(friend_version))",
        (first.uuid(), second.uuid(), are_friends, version),
    )
    .await
}

/// The same for whether the one blocks the other.
pub(crate) async fn save_block(
    tx: &mut Tx,
    blocker: UserId,
    blocked: UserId,
    is_blocked: bool,
    version: u32,
) -> Result<(), Error> {
    let [own, _] = of_first(blocker < blocked);
    let sql = format!(
        "INSERT INTO pairs (first_id, second_id, {own}_blocks, {own}_block_version)
         VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             {own}_blocks = IF(VALUES({own}_block_version) > {own}_block_version,
                 VALUES({own}_blocks), {own}_blocks),
             {own}_block_version = GREATEST({own}_block_version, VALUES({own}_block_version))"
    );
    let ids = (blocker.min(blocked).uuid(), blocker.max(blocked).uuid());
    tx.exec_drop(sql, (ids.0, ids.1, is_blocked, version)).await
}

/// The one has written to the other, who may answer from now on.
pub(crate) async fn note_written(tx: &mut Tx, by: UserId, to: UserId) -> Result<(), Error> {
    let [own, _] = of_first(by < to);
    let sql = format!(
        "UPDATE pairs SET {own}_wrote = TRUE
         WHERE first_id = ? AND second_id = ? AND NOT {own}_wrote"
    );
    tx.exec_drop(sql, (by.min(to).uuid(), by.max(to).uuid())).await
}

/// The one has paid the other, who may write to them from now on.
pub(crate) async fn note_paid(tx: &mut Tx, by: UserId, to: UserId) -> Result<(), Error> {
    let [own, _] = of_first(by < to);
    let sql = format!(
        "INSERT INTO pairs (first_id, second_id, {own}_paid) VALUES (?, ?, TRUE)
         ON DUPLICATE KEY UPDATE {own}_paid = TRUE"
    );
    tx.exec_drop(sql, (by.min(to).uuid(), by.max(to).uuid())).await
}

/// The one has asked the other for money.
pub(crate) async fn note_asked(tx: &mut Tx, by: UserId, of: UserId) -> Result<(), Error> {
    let [own, _] = of_first(by < of);
    let sql = format!(
        "INSERT INTO pairs (first_id, second_id, {own}_asked) VALUES (?, ?, TRUE)
         ON DUPLICATE KEY UPDATE {own}_asked = TRUE"
    );
    tx.exec_drop(sql, (by.min(of).uuid(), by.max(of).uuid())).await
}
