//! Whose turn it is to do something, and how often they have done it today.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::UserId;

use super::{stored, take, take_time};
use crate::domain::DayCounts;

/// Locks these people's turns, the smaller id first, until the transaction ends; what each has done
/// today. Nobody's turn is taken by a stranger, who could hold it all day.
pub(crate) async fn lock_turns(
    tx: &mut Tx,
    user_ids: &[UserId],
    now: OffsetDateTime,
) -> Result<BTreeMap<UserId, DayCounts>, Error> {
    let none = |user_id: &UserId| (*user_id, DayCounts::none(now));
    let mut turns: BTreeMap<UserId, DayCounts> = user_ids.iter().map(none).collect();
    let rows = vec!["(?, 0, ?)"; turns.len()].join(", ");
    let sql = format!(
        "INSERT INTO turns (user_id, asked, day_began_at) VALUES {rows}
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)"
    );
    let values = turns.keys().flat_map(|id| [id.uuid().into(), Value::from(stored(now))]);
    tx.exec_drop(sql, Params::Positional(values.collect())).await?;
    let places = vec!["?"; turns.len()].join(", ");
    let sql = format!(
        "SELECT user_id, asked, blocked, groups_made, members_added, day_began_at
         FROM turns WHERE user_id IN ({places})"
    );
    let ids = turns.keys().map(|id| Value::from(id.uuid())).collect();
    let rows: Vec<Row> = tx.exec(sql, Params::Positional(ids)).await?;
    for mut row in rows {
        let user_id = UserId::from_uuid(take::<Uuid>(&mut row, "user_id")?);
        let counts = DayCounts {
            asked: take(&mut row, "asked")?,
            blocked: take(&mut row, "blocked")?,
            groups_made: take(&mut row, "groups_made")?,
            members_added: take(&mut row, "members_added")?,
            since: take_time(&mut row, "day_began_at")?,
        };
        turns.insert(user_id, counts);
    }
    Ok(turns)
}

/// What this person has done today, from now on.
pub(crate) async fn update_turn(
    tx: &mut Tx,
    user_id: UserId,
    today: DayCounts,
) -> Result<(), Error> {
    let DayCounts { asked, blocked, groups_made, members_added, since } = today;
    tx.exec_drop(
        "UPDATE turns SET asked = ?, blocked = ?, groups_made = ?, members_added = ?,
             day_began_at = ?
         WHERE user_id = ?",
        (asked, blocked, groups_made, members_added, stored(since), user_id.uuid()),
    )
    .await
}
