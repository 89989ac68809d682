//! Messages.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Keyed;
use service::database::Tx;
use uuid::Uuid;
use values::{ConversationId, MessageId, UserId};

use super::{cards, list_of, stored, take, time_of};
use crate::domain::{Membership, Message};

const COLUMNS: &str =
    "conversation_id, number, message_id, sender_id, text, sender_text, is_hidden,
    version, sent_at, edited_at, withdrawn_at";

/// Messages, each with the card that it shows.
fn select(also: &str) -> String {
    let card = cards::COLUMNS;
    format!("SELECT {also} {COLUMNS}, {card} FROM messages LEFT JOIN cards k USING (card_id)")
}

/// Of one conversation, what one of those in it may read, as `readable` gives the parameters.
const READABLE: &str = "conversation_id = ? AND number > ? AND number <= ?
    AND (NOT is_hidden OR sender_id = ?)";

fn readable(of: &Membership) -> (Uuid, u32, u32, Uuid) {
    let last = of.left_after.unwrap_or(u32::MAX);
    (of.conversation_id.uuid(), of.joined_after, last, of.user_id.uuid())
}

/// Fails with a duplicate key if something was sent under this key before, or the conversation
/// shows this card.
pub(crate) async fn insert_message(
    tx: &mut Tx,
    message: &Message,
    keyed: Option<&Keyed>,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, card_id,
             is_hidden, key_digest, fingerprint, sent_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.conversation_id.uuid(),
            message.number,
            message.message_id.uuid(),
            message.sender_id.uuid(),
            &message.text,
            message.card.as_ref().map(|card| card.id),
            message.is_hidden,
            keyed.map(Keyed::key_digest),
            keyed.map(Keyed::fingerprint),
            stored(message.sent_at),
        ),
    )
    .await
}

/// What was sent under this key, and the digest of what came with it; none of a message that has
/// changed since.
pub(crate) async fn find_sent(
    connection: &mut impl Queryable,
    keyed: &Keyed,
) -> Result<Option<(Message, Option<Vec<u8>>)>, Error> {
    let sql = format!("{} WHERE key_digest = ?", select("fingerprint,"));
    let row: Option<Row> = connection.exec_first(sql, (keyed.key_digest(),)).await?;
    row.map(|mut row| {
        let fingerprint = take(&mut row, "fingerprint")?;
        Ok((message(row)?, fingerprint))
    })
    .transpose()
}

/// The number of the message that shows this card.
pub(crate) async fn find_card_number(
    connection: &mut impl Queryable,
    id: ConversationId,
    card_id: Uuid,
) -> Result<Option<u32>, Error> {
    let sql = "SELECT number FROM messages WHERE conversation_id = ? AND card_id = ?";
    connection.exec_first(sql, (id.uuid(), card_id)).await
}

/// A message that this reader may see.
pub(crate) async fn find_message(
    connection: &mut impl Queryable,
    id: MessageId,
    reader: UserId,
) -> Result<Option<Message>, Error> {
    let sql = format!(
        "{} JOIN members m USING (conversation_id)
         WHERE message_id = ? AND m.user_id = ? AND number > m.joined_after
             AND (m.left_after IS NULL OR number <= m.left_after)
             AND (NOT is_hidden OR sender_id = m.user_id)",
        select("")
    );
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), reader.uuid())).await?;
    row.map(message).transpose()
}

/// Those below a number, the newest first.
pub(crate) async fn list_before(
    connection: &mut impl Queryable,
    of: &Membership,
    number: u64,
    limit: usize,
) -> Result<Vec<Message>, Error> {
    let sql =
        format!("{} WHERE {READABLE} AND number < ? ORDER BY number DESC LIMIT ?", select(""));
    list(connection, &sql, of, number, limit).await
}

/// Those above a number, the oldest first.
pub(crate) async fn list_after(
    connection: &mut impl Queryable,
    of: &Membership,
    number: u64,
    limit: usize,
) -> Result<Vec<Message>, Error> {
    let sql = format!("{} WHERE {READABLE} AND number > ? ORDER BY number LIMIT ?", select(""));
    list(connection, &sql, of, number, limit).await
}

async fn list(
    connection: &mut impl Queryable,
    sql: &str,
    of: &Membership,
    number: u64,
    limit: usize,
) -> Result<Vec<Message>, Error> {
    let (id, above, last, reader) = readable(of);
    let rows: Vec<Row> = connection.exec(sql, (id, above, last, reader, number, limit)).await?;
    rows.into_iter().map(message).collect()
}

/// The message with its number in each of these conversations.
pub(crate) async fn list_numbered(
    connection: &mut impl Queryable,
    places: impl IntoIterator<Item = (ConversationId, u32)>,
) -> Result<Vec<Message>, Error> {
    let place = |(id, number): (ConversationId, u32)| {
        format!("conversation_id = {} AND number = {number}", list_of([id.uuid()]))
    };
    let places: Vec<String> = places.into_iter().map(place).collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    // MariaDB looks for a list of pairs in the whole table.
    let sql = format!("{} WHERE {}", select(""), places.join(" OR "));
    let rows: Vec<Row> = connection.query(sql).await?;
    rows.into_iter().map(message).collect()
}

/// How many messages of others above a number somebody has yet to read.
pub(crate) async fn count_after(
    connection: &mut impl Queryable,
    of: &Membership,
    number: u32,
) -> Result<u32, Error> {
    let (id, above, last, reader) = readable(of);
    let sql = format!(
        "SELECT COUNT(*) FROM messages
         WHERE {READABLE} AND number > ? AND sender_id <> ? AND withdrawn_at IS NULL
             AND (card_id IS NULL OR key_digest IS NOT NULL)"
    );
    let count: Option<u32> =
        connection.exec_first(sql, (id, above, last, reader, number, reader)).await?;
    Ok(count.unwrap_or_default())
}

/// The digest of what came first goes with the text that it was made of.
pub(crate) async fn update_message(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE messages SET text = ?, sender_text = ?, version = ?, fingerprint = NULL,
             edited_at = ?, withdrawn_at = ?
         WHERE message_id = ?",
        (
            &message.text,
            &message.sender_text,
            message.version,
            message.edited_at.map(stored),
            message.withdrawn_at.map(stored),
            message.message_id.uuid(),
        ),
    )
    .await
}

fn message(mut row: Row) -> Result<Message, Error> {
    let row = &mut row;
    Ok(Message {
        message_id: MessageId::from_uuid(take(row, "message_id")?),
        conversation_id: ConversationId::from_uuid(take(row, "conversation_id")?),
        number: take(row, "number")?,
        sender_id: UserId::from_uuid(take(row, "sender_id")?),
        text: take(row, "text")?,
        sender_text: take(row, "sender_text")?,
        card: cards::card(row)?,
        is_hidden: take(row, "is_hidden")?,
        version: take(row, "version")?,
        sent_at: time_of(take(row, "sent_at")?),
        edited_at: take::<Option<_>>(row, "edited_at")?.map(time_of),
        withdrawn_at: take::<Option<_>>(row, "withdrawn_at")?.map(time_of),
    })
}
