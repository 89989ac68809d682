//! What other services' events say about people and shops.

use std::collections::{BTreeMap, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{AccountRisk, BusinessId, CategoryCode, UserId};

use super::{shop_members, sql, unreadable};
use crate::domain::{FeeRate, Shop};

/// What this person is called; `None` if they have not chosen a name.
pub(crate) async fn find_name(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<String>, Error> {
    let sql = "SELECT display_name FROM people WHERE user_id = ?";
    connection.exec_first(sql, (user_id.uuid(),)).await
}

pub(super) fn select_names(ids: &str) -> String {
    format!("SELECT user_id, display_name FROM people WHERE user_id IN ({ids})")
}

/// Keeps the newest version; an older one that arrives late changes nothing. The rate of a shop
/// that is known stays what operators say, and whether it is approved what onboarding and they do:
/// that has a version of its own, and may have come before. With another owner it stays as said of
/// the one before, and counts no longer. The category is for reports, which
/// read it on the replica; nothing here asks for it. An instance of before left it out, so a
/// version that is told again brings it.
pub(crate) async fn save_shop(
    tx: &mut Tx,
    business_id: BusinessId,
    shop: &Shop,
    category_code: Option<&CategoryCode>,
    version: u32,
) -> Result<(), Error> {
    // In this order: an assignment still sees what is assigned after it as it is stored.
    tx.exec_drop(
        "INSERT INTO shops
             (business_id, owner_user_id, shop_name, category_code, is_closed, is_approved,
             fee_basis_points, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             approved_owner_id = IF(
                 version > 0 AND VALUES(version) > version
                     AND VALUES(owner_user_id) <> owner_user_id,
                 COALESCE(approved_owner_id, owner_user_id), approved_owner_id),
             owner_user_id = IF(VALUES(version) > version, VALUES(owner_user_id), owner_user_id),
             shop_name = IF(VALUES(version) > version, VALUES(shop_name), shop_name),
             category_code = IF(
                 VALUES(version) > version
                     OR (VALUES(version) = version AND category_code IS NULL),
                 VALUES(category_code), category_code),
             is_closed = IF(VALUES(version) > version, VALUES(is_closed), is_closed),
             version = GREATEST(version, VALUES(version))",
        (
            business_id.uuid(),
            shop.owner_user_id.uuid(),
            &shop.shop_name,
            category_code.map(CategoryCode::as_str),
            shop.is_closed,
            shop.is_approved,
            shop.fee_rate.basis_points(),
            version,
        ),
    )
    .await
}

/// Who owns the shop as far as is known here, if what is told of it now says that another does.
pub(crate) async fn find_owner_before(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    shop: &Shop,
    version: u32,
) -> Result<Option<UserId>, Error> {
    let sql = format!(
        "SELECT owner_user_id FROM shops
         WHERE business_id = ? AND {IS_SHOP} AND version < ? AND owner_user_id <> ?"
    );
    let news = (business_id.uuid(), version, shop.owner_user_id.uuid());
    let owner: Option<Uuid> = connection.exec_first(sql, news).await?;
    Ok(owner.map(UserId::from_uuid))
}

/// Somebody owned the shop until now.
pub(crate) async fn save_former_owner(
    tx: &mut Tx,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO former_owners (business_id, user_id) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (business_id.uuid(), user_id.uuid()),
    )
    .await
}

/// Of these shops, those that somebody owned before whose wallet looks like a mule's.
pub(super) fn select_shops_of_mules(ids: &str) -> String {
    let high = sql::text(AccountRisk::High.code());
    format!(
        "SELECT DISTINCT business_id FROM former_owners JOIN seen_risks ON account_id = user_id
         WHERE business_id IN ({ids}) AND risk = {high}"
    )
}

pub(super) type ShopRow = (Uuid, Uuid, String, bool, bool, u16);

const SHOP_COLUMNS: &str = "business_id, owner_user_id, shop_name, is_closed,
    is_approved AND COALESCE(approved_owner_id = owner_user_id, TRUE), fee_basis_points";

/// Only onboarding has spoken of a business that is no shop yet.
pub(super) const IS_SHOP: &str = "version > 0";

pub(super) fn select_shops(ids: &str) -> String {
    format!("SELECT {SHOP_COLUMNS} FROM shops WHERE business_id IN ({ids}) AND {IS_SHOP}")
}

pub(super) fn select_shops_settled(ids: &str) -> String {
    format!(
        "SELECT {SHOP_COLUMNS} FROM settlements JOIN shops USING (business_id)
         WHERE settlement_id IN ({ids}) AND {IS_SHOP}"
    )
}

pub(super) fn read_shops(rows: Vec<ShopRow>) -> Result<HashMap<Uuid, Shop>, Error> {
    rows.into_iter().map(shop).collect()
}

pub(crate) async fn find_shop(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Shop>, Error> {
    let sql = format!("SELECT {SHOP_COLUMNS} FROM shops WHERE business_id = ? AND {IS_SHOP}");
    let row = connection.exec_first(sql, (business_id.uuid(),)).await?;
    row.map(|row| shop(row).map(|(_, shop)| shop)).transpose()
}

/// With what this person is there.
pub(crate) async fn find_shop_for(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    user_id: UserId,
) -> Result<Option<Shop>, Error> {
    let Some(mut shop) = find_shop(connection, business_id).await? else { return Ok(None) };
    if shop.owner_user_id != user_id {
        let role = shop_members::find_role(connection, business_id, user_id).await?;
        shop.staff.extend(role.map(|role| (user_id, role)));
    }
    Ok(Some(shop))
}

fn shop(row: ShopRow) -> Result<(Uuid, Shop), Error> {
    let (business_id, owner, shop_name, is_closed, is_approved, basis_points) = row;
    let owner_user_id = UserId::from_uuid(owner);
    let fee_rate = fee_rate(basis_points)?;
    let shop =
        Shop { owner_user_id, staff: BTreeMap::new(), shop_name, is_closed, is_approved, fee_rate };
    Ok((business_id, shop))
}

pub(super) fn fee_rate(basis_points: u16) -> Result<FeeRate, Error> {
    FeeRate::try_from(basis_points).map_err(|_| unreadable("a shop's fee"))
}
