//! The one notification that a person has of each thing that goes on: a conversation, or what is
//! said of a payment.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, text_literal};
use uuid::Uuid;
use values::{UserId, code_enum};

use super::{id, list_of, mark_read, unreadable};
use crate::domain::Mailbox;

code_enum! {
    /// What goes on.
    pub(crate) enum Topic {
        /// People write in a conversation.
        Messages = "messages",
        /// People react to a payment.
        Reactions = "reactions",
        /// People comment on a payment.
        Comments = "comments",
    }
}

/// What a person was told of it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) version: u32,
    /// Its number in the mailbox; zero if there is none.
    pub(crate) notification_number: u64,
}

/// Whose notification, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) user_id: UserId,
    /// The conversation, or the payment.
    pub(crate) subject: Uuid,
    pub(crate) topic: Topic,
}

impl Place {
    fn literals(&self) -> [String; 3] {
        [id(self.user_id.uuid()), id(self.subject), text_literal(self.topic.code())]
    }
}

/// What people were told last, locked in the order of the places until the transaction ends.
pub(crate) async fn lock_told(
    tx: &mut Tx,
    places: &BTreeSet<Place>,
) -> Result<BTreeMap<Place, Told>, Error> {
    if places.is_empty() {
        return Ok(BTreeMap::new());
    }
    tx.query_drop(format!(
        "INSERT INTO conversation_notices (user_id, conversation_id, topic) VALUES {}
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        list_of(places.iter().map(|place| format!("({})", place.literals().join(", "))))
    ))
    .await?;
    // A table to join: for a list of keys MariaDB looks in the whole table.
    let place = |place: &Place| {
        let [reader, subject, topic] = place.literals();
        format!("SELECT {reader} AS reader, {subject} AS subject, {topic} AS of_topic")
    };
    let places = places.iter().map(place).collect::<Vec<String>>().join(" UNION ALL ");
    let sql = format!(
        "SELECT user_id, conversation_id, topic, message_number, notification_number
         FROM ({places}) AS places JOIN conversation_notices
             ON user_id = reader AND conversation_id = subject AND topic = of_topic"
    );
    let rows: Vec<(Uuid, Uuid, String, u32, u64)> = tx.query(sql).await?;
    let told = |(user_id, subject, topic, version, notification_number): (_, _, String, _, _)| {
        let topic = Topic::from_code(&topic).ok_or_else(|| unreadable("a topic"))?;
        let place = Place { user_id: UserId::from_uuid(user_id), subject, topic };
        Ok((place, Told { version, notification_number }))
    };
    rows.into_iter().map(told).collect()
}

/// This is what the person was told last.
pub(crate) async fn update_told(tx: &mut Tx, place: Place, told: Told) -> Result<(), Error> {
    let Place { user_id, subject, topic } = place;
    tx.exec_drop(
        "UPDATE conversation_notices SET message_number = ?, notification_number = ?
         WHERE user_id = ? AND conversation_id = ? AND topic = ?",
        (told.version, told.notification_number, user_id.uuid(), subject, topic.code()),
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
