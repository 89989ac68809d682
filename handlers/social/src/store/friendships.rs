//! How two people stand to each other.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::UserId;

use super::{Listed, ListedRow, stored, take, take_time, unreadable};
use crate::domain::{Friendship, Relation, Side, in_order};

const COLUMNS: &str = "first_id, second_id, first_sees, second_sees, first_told_at, second_told_at,
    first_declined_at, second_declined_at, requested_by, is_told, version, place, since_at";

/// Whether all of these people are this one's friends.
pub(crate) async fn are_friends_of(
    tx: &mut Tx,
    user_id: UserId,
    others: &[UserId],
) -> Result<bool, Error> {
    for other in others {
        let between = find_friendship(tx, [user_id, *other]).await?;
        if between.is_none_or(|between| between.seen_by(user_id) != Relation::Friend) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How these two stand, if they ever had to do with each other.
pub(crate) async fn find_friendship(
    connection: &mut impl Queryable,
    pair: [UserId; 2],
) -> Result<Option<Friendship>, Error> {
    let [first, second] = in_order(pair).map(UserId::uuid);
    let sql = format!("SELECT {COLUMNS} FROM friendships WHERE first_id = ? AND second_id = ?");
    connection.exec_first(sql, (first, second)).await?.map(friendship).transpose()
}

/// The same; nobody else changes it until the transaction ends. Where there is none, nothing is
/// locked.
pub(crate) async fn lock_friendship(
    tx: &mut Tx,
    pair: [UserId; 2],
) -> Result<Option<Friendship>, Error> {
    let [first, second] = in_order(pair).map(UserId::uuid);
    let sql = format!(
        "SELECT {COLUMNS} FROM friendships WHERE first_id = ? AND second_id = ? FOR UPDATE"
    );
    tx.exec_first(sql, (first, second)).await?.map(friendship).transpose()
}

/// There is a row of these two, locked, from now on: this one, if there was none.
pub(crate) async fn begin_friendship(tx: &mut Tx, between: &Friendship) -> Result<(), Error> {
    insert(tx, between, "first_id = VALUES(first_id)").await
}

/// Inserts or replaces it, under its lock.
pub(crate) async fn save_friendship(tx: &mut Tx, between: &Friendship) -> Result<(), Error> {
    let update = "first_sees = VALUES(first_sees), second_sees = VALUES(second_sees),
        first_told_at = VALUES(first_told_at), second_told_at = VALUES(second_told_at),
        first_declined_at = VALUES(first_declined_at),
        second_declined_at = VALUES(second_declined_at),
        requested_by = VALUES(requested_by), is_told = VALUES(is_told),
        version = VALUES(version), place = VALUES(place), since_at = VALUES(since_at)";
    insert(tx, between, update).await
}

async fn insert(tx: &mut Tx, between: &Friendship, update: &str) -> Result<(), Error> {
    let [first, second] = &between.sides;
    let time = |at: Option<OffsetDateTime>| Value::from(at.map(stored));
    let values: Vec<Value> = vec![
        first.user_id.uuid().into(),
        second.user_id.uuid().into(),
        first.sees.code().into(),
        second.sees.code().into(),
        time(first.told_at),
        time(second.told_at),
        time(first.declined_at),
        time(second.declined_at),
        between.requested_by.map(UserId::uuid).into(),
        between.is_told.into(),
        between.version.into(),
        between.place.into(),
        stored(between.since_at).into(),
    ];
    let sql = format!(
        "INSERT INTO friendships ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE {update}"
    );
    tx.exec_drop(sql, Params::Positional(values)).await
}

pub(crate) async fn count_friends(tx: &mut Tx, user_id: UserId) -> Result<u32, Error> {
    count(tx, user_id, Relation::Friend).await
}

pub(crate) async fn count_open_requests(tx: &mut Tx, user_id: UserId) -> Result<u32, Error> {
    count(tx, user_id, Relation::Sent).await
}

async fn count(tx: &mut Tx, user_id: UserId, sees: Relation) -> Result<u32, Error> {
    let sql = "SELECT (SELECT COUNT(*) FROM friendships WHERE first_id = ? AND first_sees = ?)
        + (SELECT COUNT(*) FROM friendships WHERE second_id = ? AND second_sees = ?)";
    let (id, sees) = (user_id.uuid(), sees.code());
    let count: Option<u32> = tx.exec_first(sql, (id, sees, id, sees)).await?;
    count.ok_or_else(|| unreadable("a count"))
}

/// One page of those whom this person sees so, with what they are called.
pub(crate) async fn list_friendships(
    connection: &mut impl Queryable,
    user_id: UserId,
    sees: Relation,
    paging: &Paging,
) -> Result<Vec<Listed>, Error> {
    // Each part is read in the order of its index, and no further than the page.
    let part = |own: &str, other: &str| {
        format!(
            "(SELECT {other}_id AS user_id, place, since_at FROM friendships
              WHERE {own}_id = :user_id AND {own}_sees = :sees AND place < :before
              ORDER BY place DESC LIMIT :rows)"
        )
    };
    let sql = format!(
        "SELECT listed.user_id, COALESCE(display_name, '') AS name, picture_id,
             gone.user_id IS NOT NULL, place, since_at
         FROM ({} UNION ALL {} ORDER BY place DESC LIMIT :rows) AS listed
         LEFT JOIN people ON people.user_id = listed.user_id
         LEFT JOIN closed_people gone ON gone.user_id = listed.user_id ORDER BY place DESC",
        part("first", "second"),
        part("second", "first")
    );
    let values = vec![
        ("user_id".to_owned(), Value::from(user_id.uuid())),
        ("sees".to_owned(), sees.code().into()),
        ("before".to_owned(), paging.before_id().into()),
        ("rows".to_owned(), paging.rows().into()),
    ];
    let rows: Vec<ListedRow> = connection.exec(sql, Params::from(values)).await?;
    Ok(rows.into_iter().map(Listed::of).collect())
}

fn friendship(mut row: Row) -> Result<Friendship, Error> {
    let row = &mut row;
    let requested_by: Option<Uuid> = take(row, "requested_by")?;
    Ok(Friendship {
        sides: [side(row, "first")?, side(row, "second")?],
        requested_by: requested_by.map(UserId::from_uuid),
        is_told: take(row, "is_told")?,
        version: take(row, "version")?,
        place: take(row, "place")?,
        since_at: take_time(row, "since_at")?,
    })
}

fn side(row: &mut Row, which: &str) -> Result<Side, Error> {
    let sees: String = take(row, &format!("{which}_sees"))?;
    let mut time = |column: &str| -> Result<Option<OffsetDateTime>, Error> {
        let at: Option<PrimitiveDateTime> = take(row, &format!("{which}_{column}"))?;
        Ok(at.map(PrimitiveDateTime::assume_utc))
    };
    let (told_at, declined_at) = (time("told_at")?, time("declined_at")?);
    Ok(Side {
        user_id: UserId::from_uuid(take(row, &format!("{which}_id"))?),
        sees: Relation::from_code(&sees).ok_or_else(|| unreadable("what a person sees"))?,
        told_at,
        declined_at,
    })
}

#[cfg(test)]
mod tests;
