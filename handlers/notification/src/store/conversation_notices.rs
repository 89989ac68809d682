//! The one notification that a person has of each conversation.

use std::collections::{BTreeMap, BTreeSet};

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

/// Whose, and of which conversation.
pub(crate) type Place = (UserId, ConversationId);

/// What people were told last, locked in the order of the places until the transaction ends.
pub(crate) async fn lock_told(
    tx: &mut Tx,
    places: &BTreeSet<Place>,
) -> Result<BTreeMap<Place, Told>, Error> {
    if places.is_empty() {
        return Ok(BTreeMap::new());
    }
    let place = |(user_id, conversation_id): &Place| {
        format!("({}, {})", id(user_id.uuid()), id(conversation_id.uuid()))
    };
    tx.query_drop(format!(
        "INSERT INTO conversation_notices (user_id, conversation_id) VALUES {}
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        list_of(places.iter().map(place))
    ))
    .await?;
    // A table to join: for a list of pairs MariaDB looks in the whole table.
    let place = |(user_id, conversation_id): &Place| {
        format!("SELECT {} AS reader, {} AS place", id(user_id.uuid()), id(conversation_id.uuid()))
    };
    let places = places.iter().map(place).collect::<Vec<String>>().join(" UNION ALL ");
    let sql = format!(
        "SELECT user_id, conversation_id, message_number, notification_number
         FROM ({places}) AS places
         JOIN conversation_notices ON user_id = reader AND conversation_id = place"
    );
    let rows: Vec<(Uuid, Uuid, u32, u64)> = tx.query(sql).await?;
    let told = |(user_id, conversation_id, message_number, notification_number)| {
        let place = (UserId::from_uuid(user_id), ConversationId::from_uuid(conversation_id));
        (place, Told { message_number, notification_number })
    };
    Ok(rows.into_iter().map(told).collect())
}

/// This is what the person was told last.
pub(crate) async fn update_told(
    tx: &mut Tx,
    (user_id, conversation_id): Place,
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
