//! Who wants nothing to do with whom.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Paging;
use service::database::Tx;
use values::UserId;

use super::{Listed, ListedRow, stored, take, take_time, unreadable};
use crate::domain::Block;

/// The block of one person by another, lifted or not.
pub(crate) async fn find_block(
    tx: &mut Tx,
    blocker_id: UserId,
    blocked_id: UserId,
) -> Result<Option<Block>, Error> {
    let sql = "SELECT is_blocked, version, place, changed_at FROM blocks
        WHERE blocker_id = ? AND blocked_id = ?";
    let row: Option<Row> = tx.exec_first(sql, (blocker_id.uuid(), blocked_id.uuid())).await?;
    let block = |mut row: Row| {
        Ok(Block {
            blocker_id,
            blocked_id,
            is_blocked: take(&mut row, "is_blocked")?,
            version: take(&mut row, "version")?,
            place: take(&mut row, "place")?,
            changed_at: take_time(&mut row, "changed_at")?,
        })
    };
    row.map(block).transpose()
}

/// Whether the other of the two has blocked this one, and this one the other: by one statement, so
/// that its time tells nothing.
pub(crate) async fn is_blocked_by(
    tx: &mut Tx,
    user_id: UserId,
    other: UserId,
) -> Result<[bool; 2], Error> {
    let sql = "SELECT
        EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = ? AND is_blocked),
        EXISTS (SELECT 1 FROM blocks WHERE blocker_id = ? AND blocked_id = ? AND is_blocked)";
    let (one, other) = (user_id.uuid(), other.uuid());
    let row: Option<(bool, bool)> = tx.exec_first(sql, (other, one, one, other)).await?;
    row.map(Into::into).ok_or_else(|| unreadable("two blocks"))
}

/// Inserts or replaces it, under the lock of the blocker's turn and of the two's friendship.
pub(crate) async fn save_block(tx: &mut Tx, block: &Block) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO blocks (blocker_id, blocked_id, is_blocked, version, place, changed_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE is_blocked = VALUES(is_blocked), version = VALUES(version),
             place = VALUES(place), changed_at = VALUES(changed_at)",
        (
            block.blocker_id.uuid(),
            block.blocked_id.uuid(),
            block.is_blocked,
            block.version,
            block.place,
            stored(block.changed_at),
        ),
    )
    .await
}

pub(crate) async fn count_blocked(tx: &mut Tx, blocker_id: UserId) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM blocks WHERE blocker_id = ? AND is_blocked = TRUE";
    let count: Option<u32> = tx.exec_first(sql, (blocker_id.uuid(),)).await?;
    count.ok_or_else(|| unreadable("a count"))
}

/// One page of those whom this person blocks, with what they are called.
pub(crate) async fn list_blocks(
    connection: &mut impl Queryable,
    blocker_id: UserId,
    paging: &Paging,
) -> Result<Vec<Listed>, Error> {
    // Whoever blocks need know nothing of the other, so nothing is told of them.
    let sql = "SELECT blocked_id, COALESCE(display_name, ''), NULL, FALSE, place, changed_at
        FROM blocks LEFT JOIN people ON people.user_id = blocked_id
        WHERE blocker_id = ? AND is_blocked = TRUE AND place < ? ORDER BY place DESC LIMIT ?";
    let page = (blocker_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<ListedRow> = connection.exec(sql, page).await?;
    Ok(rows.into_iter().map(Listed::of).collect())
}
