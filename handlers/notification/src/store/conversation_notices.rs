//! The one notification that a person has of each conversation.

use std::collections::BTreeMap;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{ConversationId, UserId};

use super::{id, list_of, mark_read};
use crate::domain::Mailbox;

/// What a person was told of a conversation last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) message_number: u32,
    /// Its number in the mailbox; zero if there is none.
    pub(crate) notification_number: u64,
}

/// What these people were told of the conversation last, locked until the transaction ends.
pub(crate) async fn lock_told(
    tx: &mut Tx,
    conversation_id: ConversationId,
    user_ids: impl IntoIterator<Item = UserId>,
) -> Result<BTreeMap<UserId, Told>, Error> {
    let conversation = id(conversation_id.uuid());
    let user_ids: Vec<String> = user_ids.into_iter().map(|user_id| id(user_id.uuid())).collect();
    if user_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    // The rows are locked in the order in which they stand here.
    tx.query_drop(format!(
        "INSERT INTO conversation_notices (user_id, conversation_id) VALUES {}
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        list_of(user_ids.iter().map(|user_id| format!("({user_id}, {conversation})")))
    ))
    .await?;
    // Not by a list of pairs, for which MariaDB looks in the whole table.
    let rows: Vec<(Uuid, u32, u64)> = tx
        .query(format!(
            "SELECT user_id, message_number, notification_number FROM conversation_notices
             WHERE user_id IN ({}) AND conversation_id = {conversation} FOR UPDATE",
            list_of(user_ids)
        ))
        .await?;
    let told = |(user_id, message_number, notification_number)| {
        (UserId::from_uuid(user_id), Told { message_number, notification_number })
    };
    Ok(rows.into_iter().map(told).collect())
}

/// This is what the person was told last.
pub(crate) async fn update_told(
    tx: &mut Tx,
    conversation_id: ConversationId,
    user_id: UserId,
    told: Told,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE conversation_notices SET message_number = ?, notification_number = ?
         WHERE user_id = ? AND conversation_id = ?",
        (told.message_number, told.notification_number, user_id.uuid(), conversation_id.uuid()),
    )
    .await
}

/// Takes a notification away that another one replaces; it is not unread any more.
pub(crate) async fn delete_notification(
    tx: &mut Tx,
    mailbox: Mailbox,
    number: u64,
) -> Result<(), Error> {
    mark_read(tx, mailbox, number).await?;
    tx.exec_drop(
        "DELETE FROM notifications WHERE user_id = ? AND product = ? AND number = ?",
        (mailbox.user_id.uuid(), mailbox.product.code(), number),
    )
    .await
}
