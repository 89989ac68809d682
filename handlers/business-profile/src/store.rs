//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, FpsId, LatinName, UserId};

use crate::domain::{Business, BusinessDetails};

type BusinessRow = (Uuid, Uuid, String, Option<String>, String, Option<String>, u32);

const COLUMNS: &str =
    "business_id, owner_user_id, shop_name, shop_name_latin, category_code, fps_id, version";

/// Makes this transaction the only one that gives the owner a business, until it ends.
pub(crate) async fn lock_owner(tx: &mut Tx, owner_user_id: UserId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO owners (user_id) VALUES (?) ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (owner_user_id.uuid(),),
    )
    .await
}

pub(crate) async fn insert_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    let details = &business.details;
    tx.exec_drop(
        format!(
            "INSERT INTO businesses ({COLUMNS}, name_skeleton) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        (
            business.business_id.uuid(),
            business.owner_user_id.uuid(),
            details.shop_name.as_str(),
            details.shop_name_latin.as_ref().map(LatinName::as_str),
            details.category_code.as_str(),
            details.fps_id.as_ref().map(FpsId::as_str),
            business.version,
            details.shop_name.skeleton(),
        ),
    )
    .await
}

pub(crate) async fn update_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    let details = &business.details;
    tx.exec_drop(
        "UPDATE businesses SET shop_name = ?, name_skeleton = ?, shop_name_latin = ?,
             category_code = ?, fps_id = ?, version = ?
         WHERE business_id = ?",
        (
            details.shop_name.as_str(),
            details.shop_name.skeleton(),
            details.shop_name_latin.as_ref().map(LatinName::as_str),
            details.category_code.as_str(),
            details.fps_id.as_ref().map(FpsId::as_str),
            business.version,
            business.business_id.uuid(),
        ),
    )
    .await
}

/// None if the owner has no such business, or has closed it.
pub(crate) async fn find_business(
    connection: &mut impl Queryable,
    owner_user_id: UserId,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    let row: Option<BusinessRow> =
        connection.exec_first(select_one(), (business_id.uuid(), owner_user_id.uuid())).await?;
    row.map(business).transpose()
}

/// The same, locked: nobody else changes it until the transaction ends.
pub(crate) async fn lock_business(
    tx: &mut Tx,
    owner_user_id: UserId,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    let sql = format!("{} FOR UPDATE", select_one());
    let row: Option<BusinessRow> =
        tx.exec_first(sql, (business_id.uuid(), owner_user_id.uuid())).await?;
    row.map(business).transpose()
}

fn select_one() -> String {
    format!(
        "SELECT {COLUMNS} FROM businesses
         WHERE business_id = ? AND owner_user_id = ? AND closed_at IS NULL"
    )
}

/// Marks a business as closed.
pub(crate) async fn close_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE businesses SET closed_at = NOW(6), version = ? WHERE business_id = ?",
        (business.version, business.business_id.uuid()),
    )
    .await
}

/// Those that are not closed, the oldest first.
pub(crate) async fn list_businesses(
    connection: &mut impl Queryable,
    owner_user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Business>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM businesses
         WHERE owner_user_id = ? AND closed_at IS NULL AND business_id < ?
         ORDER BY business_id DESC LIMIT ?"
    );
    let page = (owner_user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<BusinessRow> = connection.exec(sql, page).await?;
    rows.into_iter().map(business).collect()
}

/// Those that are not closed.
pub(crate) async fn count_businesses(tx: &mut Tx, owner_user_id: UserId) -> Result<u64, Error> {
    let count: Option<u64> = tx
        .exec_first(
            "SELECT COUNT(*) FROM businesses WHERE owner_user_id = ? AND closed_at IS NULL",
            (owner_user_id.uuid(),),
        )
        .await?;
    Ok(count.unwrap_or_default())
}

fn business(row: BusinessRow) -> Result<Business, Error> {
    let (business_id, owner_user_id, shop_name, shop_name_latin, category_code, fps_id, version) =
        row;
    let business_id = BusinessId::from_uuid(business_id);
    let unreadable = || Error::Other(format!("business {business_id} cannot be read").into());
    let details = BusinessDetails {
        shop_name: shop_name.try_into().map_err(|_| unreadable())?,
        shop_name_latin: shop_name_latin
            .map(LatinName::try_from)
            .transpose()
            .map_err(|_| unreadable())?,
        category_code: category_code.try_into().map_err(|_| unreadable())?,
        fps_id: fps_id.map(FpsId::try_from).transpose().map_err(|_| unreadable())?,
    };
    let owner_user_id = UserId::from_uuid(owner_user_id);
    Ok(Business { version, ..Business::open(business_id, owner_user_id, details) })
}
