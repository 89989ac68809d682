//! Messages.

use std::ops::RangeInclusive;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Keyed;
use service::database::Tx;
use uuid::Uuid;
use values::{ConversationId, MessageId, PictureId, UserId};

use super::{cards, list_of, stored, take, time_of};
use crate::domain::{Membership, Message};

const COLUMNS: &str =
    "conversation_id, number, message_id, sender_id, text, sender_text, picture_id,
    is_hidden, version, sent_at, edited_at, withdrawn_at";

/// Messages, each with the card that it shows.
fn select(also: &str) -> String {
    let card = cards::COLUMNS;
    format!("SELECT {also} {COLUMNS}, {card} FROM messages LEFT JOIN cards k USING (card_id)")
}

/// The places of what one of those in a conversation may read, between two numbers and no more than
/// so many. Both parts are read in the order of their index, and no further than that.
fn readable(of: &Membership, above: u64, below: u64, order: &str, limit: usize) -> String {
    let id = list_of([of.conversation_id.uuid()]);
    let above = above.max(of.joined_after.into());
    let below = below.min(u64::from(of.left_after.unwrap_or(u32::MAX)).saturating_add(1));
    let part = |only_for: &str| {
        format!(
            "(SELECT conversation_id, number FROM messages
              WHERE conversation_id = {id} AND only_for {only_for}
                  AND number > {above} AND number < {below}
              ORDER BY number {order} LIMIT {limit})"
        )
    };
    let (all, own) = (part("IS NULL"), part(&format!("= {}", list_of([of.user_id.uuid()]))));
    format!("{all} UNION ALL {own} ORDER BY number {order} LIMIT {limit}")
}

/// Fails with a duplicate key if something was sent under this key before, or the conversation
/// shows this card, or a message this picture.
pub(crate) async fn insert_message(
    tx: &mut Tx,
    message: &Message,
    keyed: Option<&Keyed>,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO messages (conversation_id, number, message_id, sender_id, text, card_id,
             picture_id, is_hidden, key_digest, fingerprint, sent_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.conversation_id.uuid(),
            message.number,
            message.message_id.uuid(),
            message.sender_id.uuid(),
            &message.text,
            message.card.as_ref().map(|card| card.id),
            message.picture.map(PictureId::uuid),
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

/// Where somebody has sent this picture.
pub(crate) async fn find_picture_place(
    connection: &mut impl Queryable,
    sender: UserId,
    picture_id: PictureId,
) -> Result<Option<(ConversationId, u32)>, Error> {
    let sql = "SELECT conversation_id, number FROM messages
        WHERE picture_id = ? AND sender_id = ?";
    let place: Option<(Uuid, u32)> =
        connection.exec_first(sql, (picture_id.uuid(), sender.uuid())).await?;
    Ok(place.map(|(id, number)| (ConversationId::from_uuid(id), number)))
}

/// The message that shows this picture, or did.
pub(crate) async fn find_of_picture(
    connection: &mut impl Queryable,
    picture_id: PictureId,
) -> Result<Option<Message>, Error> {
    let sql = format!("{} WHERE picture_id = ?", select(""));
    let row: Option<Row> = connection.exec_first(sql, (picture_id.uuid(),)).await?;
    row.map(message).transpose()
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
    list(connection, readable(of, 0, number, "DESC", limit), "DESC").await
}

/// Those above a number, the oldest first.
pub(crate) async fn list_after(
    connection: &mut impl Queryable,
    of: &Membership,
    number: u64,
    limit: usize,
) -> Result<Vec<Message>, Error> {
    list(connection, readable(of, number, u64::MAX, "ASC", limit), "ASC").await
}

/// The first in a conversation, whoever may read them.
pub(crate) async fn list_oldest(
    connection: &mut impl Queryable,
    id: ConversationId,
    limit: usize,
) -> Result<Vec<Message>, Error> {
    let sql = format!("{} WHERE conversation_id = ? ORDER BY number LIMIT ?", select(""));
    let rows: Vec<Row> = connection.exec(sql, (id.uuid(), limit)).await?;
    rows.into_iter().map(message).collect()
}

/// They were never said.
pub(crate) async fn delete_up_to(
    tx: &mut Tx,
    id: ConversationId,
    number: u32,
) -> Result<(), Error> {
    let sql = "DELETE FROM messages WHERE conversation_id = ? AND number <= ?";
    tx.exec_drop(sql, (id.uuid(), number)).await
}

async fn list(
    connection: &mut impl Queryable,
    places: String,
    order: &str,
) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "{} JOIN ({places}) AS places USING (conversation_id, number) ORDER BY number {order}",
        select("")
    );
    let rows: Vec<Row> = connection.query(sql).await?;
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

/// How many of the messages with these numbers count as unread while somebody has yet to read them.
pub(crate) async fn count_countable(
    connection: &mut impl Queryable,
    of: &Membership,
    numbers: RangeInclusive<u32>,
) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM messages
        WHERE conversation_id = ? AND number BETWEEN ? AND ? AND NOT is_hidden AND sender_id <> ?
            AND withdrawn_at IS NULL AND (card_id IS NULL OR key_digest IS NOT NULL)";
    let (id, reader) = (of.conversation_id.uuid(), of.user_id.uuid());
    let row = (id, numbers.start(), numbers.end(), reader);
    let count: Option<u32> = connection.exec_first(sql, row).await?;
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
        picture: take::<Option<Uuid>>(row, "picture_id")?.map(PictureId::from_uuid),
        is_hidden: take(row, "is_hidden")?,
        version: take(row, "version")?,
        sent_at: time_of(take(row, "sent_at")?),
        edited_at: take::<Option<_>>(row, "edited_at")?.map(time_of),
        withdrawn_at: take::<Option<_>>(row, "withdrawn_at")?.map(time_of),
    })
}

#[cfg(test)]
mod tests;
