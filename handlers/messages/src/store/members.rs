//! Who is in conversations, and what they have of them.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::{Tx, bytes_literal};
use time::OffsetDateTime;
use uuid::Uuid;
use values::{ConversationId, UserId};

use super::pairs::{STANDING, standing};
use super::{list_of, stored, take};
use crate::domain::{Message, Pace, Standing};

/// Somebody else in a conversation of whoever reads.
pub(crate) struct Other {
    pub(crate) conversation_id: ConversationId,
    pub(crate) user_id: UserId,
    /// Whole; empty if they have not chosen one.
    pub(crate) name: String,
    pub(crate) read_number: u32,
    /// As their app has said it, which may be less than they have read.
    pub(crate) delivered_number: u32,
    pub(crate) has_left: bool,
    /// Their wallet is closed.
    pub(crate) has_closed: bool,
    pub(crate) is_muted: bool,
    /// How the reader stands to them.
    pub(crate) standing: Standing,
}

impl Other {
    /// Whether they are told of what the reader does. In a group also who blocks the reader sees
    /// it, and is not told.
    pub(crate) const fn is_told(&self) -> bool {
        !(self.has_left || self.is_muted || self.standing.is_blocked)
    }
}

/// Everybody but the reader who is or was in these conversations. Whoever has left learns nothing
/// of what was after that: who came, who has read, who has left.
pub(crate) async fn list_others(
    connection: &mut impl Queryable,
    ids: impl IntoIterator<Item = ConversationId>,
    reader: UserId,
) -> Result<Vec<Other>, Error> {
    let ids = list_of(ids.into_iter().map(ConversationId::uuid));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let own = bytes_literal(reader.uuid().as_bytes());
    let sql = format!(
        "SELECT m.conversation_id, m.user_id, m.is_muted, n.display_name, {STANDING},
             gone.user_id IS NOT NULL AS has_closed,
             LEAST(m.read_number, COALESCE(me.left_after, m.read_number)) AS read_number,
             LEAST(m.delivered_number, COALESCE(me.left_after, m.delivered_number))
                 AS delivered_number,
             IF(m.left_after > me.left_after, NULL, m.left_after) AS left_after
         FROM members m
             JOIN members me ON me.conversation_id = m.conversation_id AND me.user_id = {own}
             LEFT JOIN people n ON n.user_id = m.user_id
             LEFT JOIN closed_people gone ON gone.user_id = m.user_id
             LEFT JOIN pairs p ON p.first_id = LEAST(m.user_id, {own})
                 AND p.second_id = GREATEST(m.user_id, {own})
         WHERE m.conversation_id IN ({ids}) AND m.user_id <> {own}
             AND (me.left_after IS NULL OR m.joined_after < me.left_after)
         ORDER BY m.conversation_id, m.user_id"
    );
    let rows: Vec<Row> = connection.query(sql).await?;
    rows.into_iter().map(|row| other(row, reader)).collect()
}

fn other(mut row: Row, reader: UserId) -> Result<Other, Error> {
    let row = &mut row;
    let user_id = UserId::from_uuid(take(row, "user_id")?);
    Ok(Other {
        conversation_id: ConversationId::from_uuid(take(row, "conversation_id")?),
        user_id,
        name: take::<Option<String>>(row, "display_name")?.unwrap_or_default(),
        read_number: take(row, "read_number")?,
        delivered_number: take(row, "delivered_number")?,
        has_left: take::<Option<u32>>(row, "left_after")?.is_some(),
        has_closed: take(row, "has_closed")?,
        is_muted: take(row, "is_muted")?,
        standing: standing(row, reader < user_id)?,
    })
}

/// Whoever is in the conversation and sees the message has something new; its sender has not, and
/// keeps this pace.
pub(crate) async fn note_sent(tx: &mut Tx, message: &Message, pace: Pace) -> Result<(), Error> {
    let Message { message_id, conversation_id, number, sender_id, is_hidden, .. } = message;
    let sender = sender_id.uuid();
    tx.exec_drop(
        "UPDATE members SET last_number = ?, activity_id = ?, unread = unread + (user_id <> ?),
             pace_began_at = IF(user_id = ?, ?, pace_began_at),
             pace_sent = IF(user_id = ?, ?, pace_sent)
         WHERE conversation_id = ? AND left_after IS NULL AND (user_id = ? OR NOT ?)",
        (
            number,
            message_id.uuid(),
            sender,
            sender,
            stored(pace.began_at),
            sender,
            pace.sent,
            conversation_id.uuid(),
            sender,
            is_hidden,
        ),
    )
    .await
}

/// They type; whether others were last told so before `since`.
pub(crate) async fn note_typing(
    tx: &mut Tx,
    id: ConversationId,
    user_id: UserId,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "UPDATE members SET typed_at = ?
        WHERE conversation_id = ? AND user_id = ? AND (typed_at IS NULL OR typed_at <= ?)";
    tx.exec_drop(sql, (stored(now), id.uuid(), user_id.uuid(), stored(since))).await?;
    Ok(tx.affected_rows() > 0)
}

/// Whoever is in the conversation has something new to see, and nothing to read.
pub(crate) async fn note_shown(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    let (number, activity_id) = (message.number, message.message_id.uuid());
    let sql = "UPDATE members SET last_number = ?, activity_id = ?
        WHERE conversation_id = ? AND left_after IS NULL";
    tx.exec_drop(sql, (number, activity_id, message.conversation_id.uuid())).await
}

/// Whoever had yet to read the message has less to read.
pub(crate) async fn note_withdrawn(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE members SET unread = unread - 1
         WHERE conversation_id = ? AND user_id <> ? AND read_number < ? AND joined_after < ?
             AND (left_after IS NULL OR left_after >= ?) AND unread > 0",
        (
            message.conversation_id.uuid(),
            message.sender_id.uuid(),
            message.number,
            message.number,
            message.number,
        ),
    )
    .await
}

/// Who has nothing unread any more since this message was withdrawn.
pub(crate) async fn list_left_without(
    tx: &mut Tx,
    message: &Message,
) -> Result<Vec<UserId>, Error> {
    let user_ids: Vec<Uuid> = tx
        .exec(
            "SELECT user_id FROM members
             WHERE conversation_id = ? AND user_id <> ? AND read_number < ? AND joined_after < ?
                 AND (left_after IS NULL OR left_after >= ?) AND unread = 0",
            (
                message.conversation_id.uuid(),
                message.sender_id.uuid(),
                message.number,
                message.number,
                message.number,
            ),
        )
        .await?;
    Ok(user_ids.into_iter().map(UserId::from_uuid).collect())
}

/// They have read up to there, and this much is left.
pub(crate) async fn update_read(
    tx: &mut Tx,
    id: ConversationId,
    user_id: UserId,
    number: u32,
    unread: u32,
) -> Result<(), Error> {
    let sql = "UPDATE members SET read_number = ?, unread = ?
        WHERE conversation_id = ? AND user_id = ?";
    tx.exec_drop(sql, (number, unread, id.uuid(), user_id.uuid())).await
}

/// Their app has what they may read up to these numbers, in those of these conversations that are
/// theirs. By one statement, so that of several at once the farthest counts, and by the primary
/// key, so that none of their other conversations is locked.
pub(crate) async fn note_delivered(
    connection: &mut impl Queryable,
    user_id: UserId,
    numbers: &BTreeMap<ConversationId, u32>,
) -> Result<(), Error> {
    let own = bytes_literal(user_id.uuid().as_bytes());
    let ids = list_of(numbers.keys().map(|id| id.uuid()));
    let numbers = numbers.iter().map(|(id, number)| {
        let id = bytes_literal(id.uuid().as_bytes());
        format!(" WHEN {id} THEN {number}")
    });
    let number = format!("CASE conversation_id{} END", numbers.collect::<String>());
    let sql = format!(
        "UPDATE members FORCE INDEX (PRIMARY)
         SET delivered_number = GREATEST(delivered_number, LEAST(last_number, {number}))
         WHERE user_id = {own} AND conversation_id IN ({ids})"
    );
    connection.query_drop(sql).await
}

pub(crate) async fn update_muted(
    connection: &mut impl Queryable,
    id: ConversationId,
    user_id: UserId,
    is_muted: bool,
) -> Result<(), Error> {
    let sql = "UPDATE members SET is_muted = ? WHERE conversation_id = ? AND user_id = ?";
    connection.exec_drop(sql, (is_muted, id.uuid(), user_id.uuid())).await
}

/// How many messages somebody has yet to read, and in how many conversations: those that they have
/// muted do not count.
pub(crate) async fn count_unread(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<(u64, u64), Error> {
    let counted: Option<(u64, u64)> = connection
        .exec_first(
            "SELECT CAST(COALESCE(SUM(unread), 0) AS UNSIGNED), COUNT(*) FROM members
             WHERE user_id = ? AND NOT is_muted AND unread > 0",
            (user_id.uuid(),),
        )
        .await?;
    Ok(counted.unwrap_or_default())
}
