//! Groups and who is in them.

use std::collections::HashMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::Paging;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{GroupId, UserId};

use super::{stored, take, take_time, unreadable};
use crate::domain::Group;

const COLUMNS: &str = "social_groups.group_id, name, owner_id, version, created_at";

/// A member, as somebody sees them.
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    /// Empty if they have not chosen one.
    pub(crate) name: String,
    /// Whether they are who reads it, or a friend.
    pub(crate) is_near: bool,
    /// Their wallet is closed.
    pub(crate) has_closed: bool,
}

/// The group with this id, if it has members; nobody else changes it until the transaction ends.
pub(crate) async fn lock_group(tx: &mut Tx, id: GroupId) -> Result<Option<Group>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM social_groups WHERE group_id = ? FOR UPDATE");
    let Some(row) = tx.exec_first(sql, (id.uuid(),)).await? else { return Ok(None) };
    let sql = "SELECT user_id FROM group_members WHERE group_id = ? ORDER BY number, user_id";
    let member_ids: Vec<Uuid> = tx.exec(sql, (id.uuid(),)).await?;
    let mut group = group(row)?;
    group.member_ids = member_ids.into_iter().map(UserId::from_uuid).collect();
    Ok(Some(group))
}

/// Inserts it or replaces it, under the lock of its row if it has one.
pub(crate) async fn save_group(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    let id = group.id.uuid();
    let row =
        (id, group.name.as_str(), group.owner_id.uuid(), group.version, stored(group.created_at));
    tx.exec_drop(
        "INSERT INTO social_groups (group_id, name, owner_id, version, created_at)
         VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE name = VALUES(name), owner_id = VALUES(owner_id),
             version = VALUES(version)",
        row,
    )
    .await?;
    tx.exec_drop("DELETE FROM group_members WHERE group_id = ?", (id,)).await?;
    let rows = group.member_ids.iter().zip(1_u32..).map(|(member, number)| (id, member, number));
    for (id, member, number) in rows {
        let sql = "INSERT INTO group_members (group_id, user_id, number) VALUES (?, ?, ?)";
        tx.exec_drop(sql, (id, member.uuid(), number)).await?;
    }
    if group.member_ids.is_empty() {
        tx.exec_drop("DELETE FROM group_leavers WHERE group_id = ?", (id,)).await?;
    }
    Ok(())
}

/// Somebody has left by themselves; who left before `forgotten` is forgotten.
pub(crate) async fn save_leaver(
    tx: &mut Tx,
    id: GroupId,
    user_id: UserId,
    left_at: OffsetDateTime,
    forgotten: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "DELETE FROM group_leavers WHERE group_id = ? AND left_at <= ?";
    tx.exec_drop(sql, (id.uuid(), stored(forgotten))).await?;
    tx.exec_drop(
        "INSERT INTO group_leavers (group_id, user_id, left_at) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE left_at = VALUES(left_at)",
        (id.uuid(), user_id.uuid(), stored(left_at)),
    )
    .await
}

/// Whether somebody has left by themselves since then.
pub(crate) async fn has_left_since(
    tx: &mut Tx,
    id: GroupId,
    user_id: UserId,
    since: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM group_leavers
        WHERE group_id = ? AND user_id = ? AND left_at > ?)";
    let has_left: Option<bool> =
        tx.exec_first(sql, (id.uuid(), user_id.uuid(), stored(since))).await?;
    has_left.ok_or_else(|| unreadable("who has left"))
}

pub(crate) async fn count_groups(tx: &mut Tx, user_id: UserId) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM group_members WHERE user_id = ?";
    let count: Option<u32> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    count.ok_or_else(|| unreadable("a count"))
}

/// The group, if this person is in it.
pub(crate) async fn find_group_of(
    connection: &mut impl Queryable,
    id: GroupId,
    user_id: UserId,
) -> Result<Option<Group>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM social_groups JOIN group_members USING (group_id)
         WHERE social_groups.group_id = ? AND user_id = ?"
    );
    connection.exec_first(sql, (id.uuid(), user_id.uuid())).await?.map(group).transpose()
}

/// A page of the groups that this person is in.
pub(crate) async fn list_groups(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Group>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM group_members JOIN social_groups USING (group_id)
         WHERE user_id = ? AND group_members.group_id < ?
         ORDER BY group_members.group_id DESC LIMIT ?"
    );
    let page = (user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(group).collect()
}

/// The members of these groups, in the order in which they joined, as `reader` sees them.
pub(crate) async fn list_members(
    connection: &mut impl Queryable,
    group_ids: &[GroupId],
    reader: UserId,
) -> Result<HashMap<GroupId, Vec<Member>>, Error> {
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    if group_ids.is_empty() {
        return Ok(members);
    }
    let places = vec!["?"; group_ids.len()].join(", ");
    let sql = format!(
        "SELECT m.group_id, m.user_id, COALESCE(display_name, ''),
             m.user_id = ? OR COALESCE(f.first_sees = 'friend', FALSE), gone.user_id IS NOT NULL
         FROM group_members m
         LEFT JOIN people ON people.user_id = m.user_id
         LEFT JOIN closed_people gone ON gone.user_id = m.user_id
         LEFT JOIN friendships f ON f.first_id = LEAST(m.user_id, ?)
             AND f.second_id = GREATEST(m.user_id, ?)
         WHERE m.group_id IN ({places}) ORDER BY m.group_id, m.number, m.user_id"
    );
    let mut values: Vec<Value> = vec![reader.uuid().into(); 3];
    values.extend(group_ids.iter().map(|id| Value::from(id.uuid())));
    let rows: Vec<(Uuid, Uuid, String, bool, bool)> =
        connection.exec(sql, Params::Positional(values)).await?;
    for (group_id, user_id, name, is_near, has_closed) in rows {
        let user_id = UserId::from_uuid(user_id);
        let member = Member { user_id, name, is_near, has_closed };
        members.entry(GroupId::from_uuid(group_id)).or_default().push(member);
    }
    Ok(members)
}

/// Without its members.
fn group(mut row: Row) -> Result<Group, Error> {
    let row = &mut row;
    let name: String = take(row, "name")?;
    Ok(Group {
        id: GroupId::from_uuid(take(row, "group_id")?),
        name: name.try_into().map_err(|_| unreadable("a group's name"))?,
        owner_id: UserId::from_uuid(take(row, "owner_id")?),
        member_ids: Vec::new(),
        version: take(row, "version")?,
        created_at: take_time(row, "created_at")?,
    })
}
