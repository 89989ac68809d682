//! The conversations of groups, and who comes and goes.

use std::collections::BTreeSet;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{ConversationId, GroupId, UserId};

use super::{list_of, stored};
use crate::domain::FORMER_MAX;

/// A group's conversation, locked until the transaction ends.
pub(crate) struct LockedGroup {
    pub(crate) conversation_id: ConversationId,
    /// The newest version of the group that is known.
    pub(crate) version: u32,
    /// The number of the newest message.
    pub(crate) last_number: u32,
    /// Who is in it now.
    pub(crate) user_ids: BTreeSet<UserId>,
}

/// That of this group, which begins if there is none.
pub(crate) async fn lock_group(
    tx: &mut Tx,
    id: GroupId,
    at: OffsetDateTime,
) -> Result<LockedGroup, Error> {
    tx.exec_drop(
        "INSERT INTO conversations (conversation_id, group_id, created_at) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE group_id = VALUES(group_id)",
        (ConversationId::new().uuid(), id.uuid(), stored(at)),
    )
    .await?;
    let sql = "SELECT conversation_id, group_version, last_number FROM conversations
        WHERE group_id = ? FOR UPDATE";
    let found: Option<(Uuid, u32, u32)> = tx.exec_first(sql, (id.uuid(),)).await?;
    let absent = || Error::Other("a conversation that was begun is not there".into());
    let (conversation_id, version, last_number) = found.ok_or_else(absent)?;
    let sql = "SELECT user_id FROM members WHERE conversation_id = ? AND left_after IS NULL";
    let user_ids: Vec<Uuid> = tx.exec(sql, (conversation_id,)).await?;
    Ok(LockedGroup {
        conversation_id: ConversationId::from_uuid(conversation_id),
        version,
        last_number,
        user_ids: user_ids.into_iter().map(UserId::from_uuid).collect(),
    })
}

pub(crate) async fn update_group(
    tx: &mut Tx,
    id: ConversationId,
    title: &str,
    version: u32,
) -> Result<(), Error> {
    let sql = "UPDATE conversations SET title = ?, group_version = ? WHERE conversation_id = ?";
    tx.exec_drop(sql, (title, version, id.uuid())).await
}

/// They read what comes after this number, whatever they read before.
pub(crate) async fn join(
    tx: &mut Tx,
    id: ConversationId,
    user_id: UserId,
    last_number: u32,
) -> Result<(), Error> {
    // What they have not seen sorts by when they came, as a message would.
    tx.exec_drop(
        "INSERT INTO members (conversation_id, user_id, joined_after, read_number, activity_id)
         VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE joined_after = VALUES(joined_after), left_after = NULL,
             read_number = VALUES(read_number), activity_id = VALUES(activity_id),
             last_number = 0, unread = 0",
        (id.uuid(), user_id.uuid(), last_number, last_number, Uuid::now_v7()),
    )
    .await
}

/// They read nothing after this number.
pub(crate) async fn leave(
    tx: &mut Tx,
    id: ConversationId,
    user_ids: impl IntoIterator<Item = UserId>,
    last_number: u32,
) -> Result<(), Error> {
    let user_ids = list_of(user_ids.into_iter().map(UserId::uuid));
    if user_ids.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE members SET left_after = {last_number}, left_at = NOW(6)
         WHERE conversation_id = {} AND user_id IN ({user_ids})",
        list_of([id.uuid()])
    );
    tx.query_drop(sql).await?;
    forget_former(tx, id).await
}

/// Only so many are remembered who have left: who left first reads nothing of it any more.
async fn forget_former(tx: &mut Tx, id: ConversationId) -> Result<(), Error> {
    let sql = "SELECT COUNT(*) FROM members WHERE conversation_id = ? AND left_after IS NOT NULL";
    let former: Option<u32> = tx.exec_first(sql, (id.uuid(),)).await?;
    let too_many = former.unwrap_or_default().saturating_sub(FORMER_MAX);
    if too_many == 0 {
        return Ok(());
    }
    let sql = "DELETE FROM members WHERE conversation_id = ? AND left_after IS NOT NULL
        ORDER BY left_at, user_id LIMIT ?";
    tx.exec_drop(sql, (id.uuid(), too_many)).await
}
