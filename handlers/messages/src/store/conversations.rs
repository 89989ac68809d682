//! Conversations, as each of those in them has them.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ConversationId, GroupId, SupportCaseId, UserId};

use super::{stored, take, time_of};
use crate::domain::{CasePlace, Membership, Pace};

const SELECT: &str = "SELECT m.conversation_id, m.user_id, c.group_id, c.title, c.created_at,
        m.joined_after, m.left_after, m.last_number, m.activity_id, m.read_number, m.unread,
        m.is_muted, m.pace_began_at, m.pace_sent, s.case_id, s.closed_at AS case_closed_at
    FROM members m JOIN conversations c USING (conversation_id)
        LEFT JOIN support_cases s USING (conversation_id)";

/// That of two people, the first of whom is the smaller one; it begins if there is none.
pub(crate) async fn begin_pair_conversation(
    tx: &mut Tx,
    people: [UserId; 2],
    at: OffsetDateTime,
) -> Result<ConversationId, Error> {
    if let Some(id) = find_pair_conversation(tx, people).await? {
        return Ok(id);
    }
    let [first, second] = people.map(UserId::uuid);
    tx.exec_drop(
        "INSERT INTO conversations (conversation_id, first_id, second_id, created_at)
         VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE first_id = VALUES(first_id)",
        (ConversationId::new().uuid(), first, second, stored(at)),
    )
    .await?;
    let absent = || Error::Other("a conversation that was begun is not there".into());
    let id = find_pair_conversation(tx, people).await?.ok_or_else(absent)?;
    tx.exec_drop(
        "INSERT INTO members (conversation_id, user_id) VALUES (?, ?), (?, ?)
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (id.uuid(), first, id.uuid(), second),
    )
    .await?;
    Ok(id)
}

/// The same, if there is one.
pub(crate) async fn find_pair_conversation(
    connection: &mut impl Queryable,
    [first, second]: [UserId; 2],
) -> Result<Option<ConversationId>, Error> {
    let sql = "SELECT conversation_id FROM conversations WHERE first_id = ? AND second_id = ?";
    let id: Option<Uuid> = connection.exec_first(sql, (first.uuid(), second.uuid())).await?;
    Ok(id.map(ConversationId::from_uuid))
}

/// That of a case with support, whose customer is its only member.
pub(crate) async fn begin_support_conversation(
    tx: &mut Tx,
    id: ConversationId,
    user_id: UserId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO conversations (conversation_id, created_at) VALUES (?, ?)";
    tx.exec_drop(sql, (id.uuid(), stored(at))).await?;
    let sql = "INSERT INTO members (conversation_id, user_id) VALUES (?, ?)";
    tx.exec_drop(sql, (id.uuid(), user_id.uuid())).await
}

/// Nobody else changes anything in it until the transaction ends. Its newest message's number, if
/// there is such a conversation.
pub(crate) async fn lock_conversation(
    tx: &mut Tx,
    id: ConversationId,
) -> Result<Option<u32>, Error> {
    let sql = "SELECT last_number FROM conversations WHERE conversation_id = ? FOR UPDATE";
    tx.exec_first(sql, (id.uuid(),)).await
}

/// None to whoever was never in it.
pub(crate) async fn find_membership(
    connection: &mut impl Queryable,
    id: ConversationId,
    user_id: UserId,
) -> Result<Option<Membership>, Error> {
    let sql = format!("{SELECT} WHERE m.conversation_id = ? AND m.user_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), user_id.uuid())).await?;
    row.map(|row| Ok(membership(row)?.1)).transpose()
}

/// Those in which somebody has something to see, each with its place, the last activity first.
pub(crate) async fn list_memberships(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<(Option<Uuid>, Membership)>, Error> {
    let sql = format!(
        "{SELECT} WHERE m.user_id = ? AND m.activity_id < ? ORDER BY m.activity_id DESC LIMIT ?"
    );
    let parameters = (user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, parameters).await?;
    rows.into_iter().map(membership).collect()
}

fn membership(mut row: Row) -> Result<(Option<Uuid>, Membership), Error> {
    let row = &mut row;
    let began_at: Option<_> = take(row, "pace_began_at")?;
    let sent = take(row, "pace_sent")?;
    let activity_id = take(row, "activity_id")?;
    let case_id: Option<Uuid> = take(row, "case_id")?;
    let is_closed = take::<Option<PrimitiveDateTime>>(row, "case_closed_at")?.is_some();
    let membership = Membership {
        conversation_id: ConversationId::from_uuid(take(row, "conversation_id")?),
        user_id: UserId::from_uuid(take(row, "user_id")?),
        group_id: take::<Option<Uuid>>(row, "group_id")?.map(GroupId::from_uuid),
        support_case: case_id.map(|id| CasePlace { id: SupportCaseId::from_uuid(id), is_closed }),
        title: take(row, "title")?,
        created_at: time_of(take(row, "created_at")?),
        joined_after: take(row, "joined_after")?,
        left_after: take(row, "left_after")?,
        last_number: take(row, "last_number")?,
        read_number: take(row, "read_number")?,
        unread: take(row, "unread")?,
        is_muted: take(row, "is_muted")?,
        pace: began_at.map(|began_at| Pace { began_at: time_of(began_at), sent }),
    };
    Ok((activity_id, membership))
}

/// Its newest message is this one.
pub(crate) async fn update_last_number(
    tx: &mut Tx,
    id: ConversationId,
    number: u32,
) -> Result<(), Error> {
    let sql = "UPDATE conversations SET last_number = ? WHERE conversation_id = ?";
    tx.exec_drop(sql, (number, id.uuid())).await
}
