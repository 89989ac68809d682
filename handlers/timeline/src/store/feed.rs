//! What one person reads: their own entries, and of friends those that they may see.

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Error, Row};
use uuid::Uuid;
use values::{BusinessId, Money, OperationKind, Party, UserId};

use super::id;
use crate::domain::{Entry, StoredEntry};

/// Friends that a feed is made of; social allows no more.
const FRIENDS_MAX: usize = 2_000;

/// The friends who have the newest entries below `before`, at most so many: the newest entries of
/// all friends are among theirs. One step into an index for each friend.
pub(crate) async fn list_recent_friends(
    connection: &mut impl Queryable,
    reader: UserId,
    before: Uuid,
    friends_max: usize,
) -> Result<Vec<UserId>, Error> {
    let friends: Vec<(Uuid, Uuid)> = connection
        .exec(
            format!(
                "SELECT friend_id, newest FROM (
                     SELECT f.friend_id, (
                         SELECT e.place FROM entries e FORCE INDEX (shown)
                         WHERE e.person_id = f.friend_id AND e.is_shown = 1 AND e.place < ?
                         ORDER BY e.place DESC LIMIT 1) AS newest
                     FROM friendships f FORCE INDEX (friends)
                     WHERE f.person_id = ? AND f.is_friend = 1 LIMIT {FRIENDS_MAX}) AS friends
                 WHERE newest IS NOT NULL ORDER BY newest DESC LIMIT ?"
            ),
            (before, reader.uuid(), friends_max),
        )
        .await?;
    Ok(friends.into_iter().map(|(friend_id, _)| UserId::from_uuid(friend_id)).collect())
}

/// The newest entries below `before` of these friends, as far as friends are shown them, and of the
/// reader if wanted, newest first, at most so many. What two friends did stands there twice; the
/// reader's own row stands first. All that decides what is seen of them is of one moment.
pub(crate) async fn list_entries(
    connection: &mut impl Queryable,
    reader: UserId,
    friends: &[UserId],
    with_own: bool,
    before: Uuid,
    rows_max: usize,
) -> Result<Vec<StoredEntry>, Error> {
    let before = id(before);
    let newest = |person: UserId, index: &str, condition: &str| {
        let (person, is_own) = (id(person.uuid()), u8::from(person == reader));
        format!(
            "(SELECT person_id, place, {is_own} AS is_own FROM entries FORCE INDEX ({index})
             WHERE person_id = {person}{condition} AND place < {before}
             ORDER BY place DESC LIMIT {rows_max})"
        )
    };
    let own = with_own.then(|| newest(reader, "PRIMARY", ""));
    let of_friends = friends.iter().map(|friend| newest(*friend, "shown", " AND is_shown = 1"));
    let parts: Vec<String> = own.into_iter().chain(of_friends).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let reader = id(reader.uuid());
    let sql = format!(
        "SELECT STRAIGHT_JOIN e.person_id, e.place, e.kind, e.operation_id, e.is_outgoing,
             e.other_type, e.other_id, e.other_name, e.amount, e.note, e.sticker, e.is_shown,
             COALESCE(p.display_name, ''), COALESCE(o.display_name, ''),
             COALESCE(other_friend.is_friend, 0),
             NOT COALESCE(friend.is_friend, 0) OR EXISTS (SELECT 1 FROM blocks b
                 WHERE b.blocker_id = {reader} AND b.blocked_id IN (e.person_id, e.other_id)
                     AND b.is_blocked = 1)
             OR EXISTS (SELECT 1 FROM blocks b
                 WHERE b.blocker_id IN (e.person_id, e.other_id) AND b.blocked_id = {reader}
                     AND b.is_blocked = 1)
         FROM ({} ORDER BY place DESC, is_own DESC LIMIT {rows_max}) AS newest
         JOIN entries e ON e.person_id = newest.person_id AND e.place = newest.place
         LEFT JOIN people p ON p.user_id = e.person_id
         LEFT JOIN people o ON o.user_id = e.other_id
         LEFT JOIN friendships friend
             ON friend.person_id = {reader} AND friend.friend_id = e.person_id
         LEFT JOIN friendships other_friend
             ON other_friend.person_id = {reader} AND other_friend.friend_id = e.other_id
         ORDER BY newest.place DESC, newest.is_own DESC",
        parts.join(" UNION ALL ")
    );
    let rows: Vec<Row> = connection.query(sql).await?;
    rows.into_iter().map(stored_entry).collect()
}

fn stored_entry(mut row: Row) -> Result<StoredEntry, Error> {
    let person_id = UserId::from_uuid(take(&mut row, 0)?);
    let place = take(&mut row, 1)?;
    let unreadable = || Error::Other(format!("the entry {place} cannot be read").into());
    let kind: String = take(&mut row, 2)?;
    let other: (Option<String>, Option<Uuid>, String) =
        (take(&mut row, 5)?, take(&mut row, 6)?, take(&mut row, 7)?);
    let other = match other {
        (None, ..) => None,
        (Some(kind), Some(id), name) if kind == "user" => {
            Some(Party::user(UserId::from_uuid(id), name))
        }
        (Some(kind), Some(id), name) if kind == "business" => {
            Some(Party::Business { id: BusinessId::from_uuid(id), name })
        }
        (Some(kind), None, name) if kind == "fps" => Some(Party::Fps { name }),
        _ => return Err(unreadable()),
    };
    Ok(StoredEntry {
        entry: Entry {
            person_id,
            place,
            kind: OperationKind::from_code(&kind).ok_or_else(unreadable)?,
            operation_id: take(&mut row, 3)?,
            is_outgoing: take(&mut row, 4)?,
            other,
            amount: Money::hkd(take(&mut row, 8)?).map_err(|_| unreadable())?,
            note: take(&mut row, 9)?,
            sticker: take(&mut row, 10)?,
            is_shown: take(&mut row, 11)?,
        },
        person_name: take(&mut row, 12)?,
        other_name: take(&mut row, 13)?,
        is_other_friend: take(&mut row, 14)?,
        is_withheld: take(&mut row, 15)?,
    })
}

fn take<T: FromValue>(row: &mut Row, column: usize) -> Result<T, Error> {
    let value = row.take_opt(column).and_then(Result::ok);
    value.ok_or_else(|| Error::Other(format!("column {column} cannot be read").into()))
}

#[cfg(test)]
mod tests;
