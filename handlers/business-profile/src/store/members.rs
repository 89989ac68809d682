//! Who works in a business beside its owner.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, DisplayName, ShopRole, UserId};

use crate::domain::Member;

type Row = (Uuid, Uuid, Option<String>, String, u32, Uuid);

const COLUMNS: &str = "business_id, user_id, role, name, version, invited_by";

/// Also somebody who works there no more. Whoever changes them has locked the business.
pub(crate) async fn find_member(
    tx: &mut Tx,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<Member>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM members WHERE business_id = ? AND user_id = ?");
    let row: Option<Row> = tx.exec_first(sql, (business_id.uuid(), user_id.uuid())).await?;
    row.map(member).transpose()
}

pub(crate) async fn save_member(tx: &mut Tx, member: &Member) -> Result<(), Error> {
    tx.exec_drop(
        format!(
            "INSERT INTO members ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE role = VALUES(role), name = VALUES(name),
                 version = VALUES(version), invited_by = VALUES(invited_by)"
        ),
        (
            member.business_id.uuid(),
            member.user_id.uuid(),
            member.role.map(ShopRole::code),
            member.name.as_str(),
            member.version,
            member.invited_by.uuid(),
        ),
    )
    .await
}

/// Those who work there.
pub(crate) async fn list_members(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    paging: &Paging,
) -> Result<Vec<Member>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM members
         WHERE business_id = ? AND role IS NOT NULL AND user_id < ?
         ORDER BY user_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(member).collect()
}

/// Those who work there.
pub(crate) async fn count_members(tx: &mut Tx, business_id: BusinessId) -> Result<usize, Error> {
    let sql = "SELECT COUNT(*) FROM members WHERE business_id = ? AND role IS NOT NULL";
    Ok(tx.exec_first(sql, (business_id.uuid(),)).await?.unwrap_or_default())
}

/// The open businesses of others that the person works in.
pub(crate) async fn count_memberships(tx: &mut Tx, user_id: UserId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM members JOIN businesses USING (business_id)
         WHERE user_id = ? AND role IS NOT NULL AND closed_at IS NULL";
    Ok(tx.exec_first(sql, (user_id.uuid(),)).await?.unwrap_or_default())
}

fn member((business_id, user_id, role, name, version, invited_by): Row) -> Result<Member, Error> {
    let business_id = BusinessId::from_uuid(business_id);
    let unreadable = || Error::Other(format!("a member of {business_id} cannot be read").into());
    Ok(Member {
        business_id,
        user_id: UserId::from_uuid(user_id),
        role: role.map(|role| ShopRole::from_code(&role).ok_or_else(unreadable)).transpose()?,
        name: DisplayName::try_from(name).map_err(|_| unreadable())?,
        version,
        invited_by: UserId::from_uuid(invited_by),
    })
}
