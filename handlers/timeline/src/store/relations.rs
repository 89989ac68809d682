//! Who is whose friend, and who has blocked whom: read models of social.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::UserId;

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_friendship(
    tx: &mut Tx,
    (first, second): (UserId, UserId),
    is_friend: bool,
    version: u32,
) -> Result<(), Error> {
    let (first, second) = (first.uuid(), second.uuid());
    // `version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO friendships (person_id, friend_id, is_friend, version)
         VALUES (?, ?, ?, ?), (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             is_friend = IF(VALUES(version) > version, VALUES(is_friend), is_friend),
             version = GREATEST(version, VALUES(version))",
        (first, second, is_friend, version, second, first, is_friend, version),
    )
    .await
}

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_block(
    tx: &mut Tx,
    blocker: UserId,
    blocked: UserId,
    is_blocked: bool,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO blocks (blocker_id, blocked_id, is_blocked, version) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             is_blocked = IF(VALUES(version) > version, VALUES(is_blocked), is_blocked),
             version = GREATEST(version, VALUES(version))",
        (blocker.uuid(), blocked.uuid(), is_blocked, version),
    )
    .await
}

/// Whether these two are friends, and neither has blocked the other.
pub(crate) async fn are_friends(
    connection: &mut impl Queryable,
    reader: UserId,
    other: UserId,
) -> Result<bool, Error> {
    let (reader, other) = (reader.uuid(), other.uuid());
    let found: Option<bool> = connection
        .exec_first(
            "SELECT EXISTS (SELECT 1 FROM friendships
                     WHERE person_id = ? AND friend_id = ? AND is_friend)
                 AND NOT EXISTS (SELECT 1 FROM blocks
                     WHERE blocker_id = ? AND blocked_id = ? AND is_blocked)
                 AND NOT EXISTS (SELECT 1 FROM blocks
                     WHERE blocker_id = ? AND blocked_id = ? AND is_blocked)",
            (reader, other, reader, other, other, reader),
        )
        .await?;
    Ok(found.unwrap_or_default())
}
