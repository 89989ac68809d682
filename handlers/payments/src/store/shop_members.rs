//! Who works in a shop beside its owner.

use std::collections::{BTreeSet, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, ShopRole, UserId};

use super::{sql, unreadable};
use crate::domain::Shop;

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_member(
    tx: &mut Tx,
    business_id: BusinessId,
    user_id: UserId,
    role: Option<ShopRole>,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO shop_members (business_id, user_id, role, version) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             role = IF(VALUES(version) > version, VALUES(role), role),
             version = GREATEST(version, VALUES(version))",
        (business_id.uuid(), user_id.uuid(), role.map(ShopRole::code), version),
    )
    .await
}

pub(super) type Row = (Uuid, Uuid, String);

/// Of these people those who work in the shop that stands before them.
pub(super) fn select(pairs: &BTreeSet<(Uuid, Uuid)>) -> String {
    format!(
        "SELECT business_id, user_id, role FROM {}
         JOIN shop_members ON business_id = one AND user_id = other WHERE role IS NOT NULL",
        sql::pairs(pairs)
    )
}

/// Puts them into their shops.
pub(super) fn read(rows: Vec<Row>, shops: &mut HashMap<Uuid, Shop>) -> Result<(), Error> {
    for (business_id, user_id, role) in rows {
        let Some(shop) = shops.get_mut(&business_id) else { continue };
        shop.staff.insert(UserId::from_uuid(user_id), shop_role(&role)?);
    }
    Ok(())
}

/// What the person is there, if they do not own it.
pub(super) async fn find_role(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<ShopRole>, Error> {
    let sql = "SELECT role FROM shop_members
         WHERE business_id = ? AND user_id = ? AND role IS NOT NULL";
    let role: Option<String> =
        connection.exec_first(sql, (business_id.uuid(), user_id.uuid())).await?;
    role.map(|role| shop_role(&role)).transpose()
}

pub(super) fn shop_role(code: &str) -> Result<ShopRole, Error> {
    ShopRole::from_code(code).ok_or_else(|| unreadable("a role in a shop"))
}
