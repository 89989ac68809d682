//! The one notification that a person has of each thing that goes on: a conversation, or what is
//! said of a payment.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, text_literal};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{UserId, code_enum};

use super::{ROWS_MAX, id, list_of, unreadable};

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
    let places: Vec<&Place> = places.iter().collect();
    let mut told = BTreeMap::new();
    for part in places.chunks(ROWS_MAX) {
        tx.query_drop(format!(
            "INSERT INTO conversation_notices (user_id, conversation_id, topic) VALUES {}
             ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
            list_of(part.iter().map(|place| format!("({})", place.literals().join(", "))))
        ))
        .await?;
        // A table to join: for a list of keys MariaDB looks in the whole table.
        let keys = part.iter().map(|place| {
            let [reader, subject, topic] = place.literals();
            format!("SELECT {reader} AS reader, {subject} AS subject, {topic} AS of_topic")
        });
        let sql = format!(
            "SELECT user_id, conversation_id, topic, message_number, notification_number
             FROM ({}) AS places JOIN conversation_notices
                 ON user_id = reader AND conversation_id = subject AND topic = of_topic",
            keys.collect::<Vec<String>>().join(" UNION ALL ")
        );
        let rows: Vec<(Uuid, Uuid, String, u32, u64)> = tx.query(sql).await?;
        for (user_id, subject, topic, version, notification_number) in rows {
            let topic = Topic::from_code(&topic).ok_or_else(|| unreadable("a topic"))?;
            let place = Place { user_id: UserId::from_uuid(user_id), subject, topic };
            told.insert(place, Told { version, notification_number });
        }
    }
    Ok(told)
}

/// This is what people were told last, in places that the caller has locked.
pub(crate) async fn update_told(tx: &mut Tx, told: &[(Place, Told)]) -> Result<(), Error> {
    for part in told.chunks(ROWS_MAX) {
        let rows = part.iter().map(|(place, told)| {
            let key = place.literals().join(", ");
            format!("({key}, {}, {}, NOW(6))", told.version, told.notification_number)
        });
        tx.query_drop(format!(
            "INSERT INTO conversation_notices
                 (user_id, conversation_id, topic, message_number, notification_number, told_at)
             VALUES {} ON DUPLICATE KEY UPDATE message_number = VALUES(message_number),
                 notification_number = VALUES(notification_number), told_at = VALUES(told_at)",
            list_of(rows)
        ))
        .await?;
    }
    Ok(())
}

/// Nobody is told late of what was told before this moment; how many have gone.
pub(crate) async fn prune(
    connection: &mut Conn,
    before: OffsetDateTime,
    limit: usize,
) -> Result<usize, Error> {
    let before = PrimitiveDateTime::new(before.date(), before.time());
    let sql = "DELETE FROM conversation_notices WHERE told_at < ? ORDER BY told_at LIMIT ?";
    connection.exec_drop(sql, (before, limit)).await?;
    Ok(usize::try_from(connection.affected_rows()).unwrap_or(usize::MAX))
}
