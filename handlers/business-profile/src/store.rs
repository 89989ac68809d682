//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use outbox::Tx;
use uuid::Uuid;
use values::{BusinessId, FpsId, UserId};

use crate::domain::{Business, BusinessDetails};

type BusinessRow = (Uuid, Uuid, String, String, Option<String>, u32);

const COLUMNS: &str = "business_id, owner_user_id, shop_name, category_code, fps_id, version";

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
        format!("INSERT INTO businesses ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"),
        (
            business.business_id.uuid(),
            business.owner_user_id.uuid(),
            details.shop_name.as_str(),
            details.category_code.as_str(),
            details.fps_id.as_ref().map(FpsId::as_str),
            business.version,
        ),
    )
    .await
}

/// Changes nothing if the owner has no such business.
pub(crate) async fn update_business(
    tx: &mut Tx,
    owner_user_id: UserId,
    business_id: BusinessId,
    new: &BusinessDetails,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE businesses SET shop_name = ?, category_code = ?, fps_id = ?, version = version + 1
         WHERE business_id = ? AND owner_user_id = ?",
        (
            new.shop_name.as_str(),
            new.category_code.as_str(),
            new.fps_id.as_ref().map(FpsId::as_str),
            business_id.uuid(),
            owner_user_id.uuid(),
        ),
    )
    .await
}

pub(crate) async fn find_business(
    connection: &mut impl Queryable,
    owner_user_id: UserId,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM businesses WHERE business_id = ? AND owner_user_id = ?");
    let row: Option<BusinessRow> =
        connection.exec_first(sql, (business_id.uuid(), owner_user_id.uuid())).await?;
    row.map(business).transpose()
}

/// The oldest first.
pub(crate) async fn list_businesses(
    connection: &mut impl Queryable,
    owner_user_id: UserId,
) -> Result<Vec<Business>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM businesses WHERE owner_user_id = ? ORDER BY business_id");
    let rows: Vec<BusinessRow> = connection.exec(sql, (owner_user_id.uuid(),)).await?;
    rows.into_iter().map(business).collect()
}

fn business(row: BusinessRow) -> Result<Business, Error> {
    let (business_id, owner_user_id, shop_name, category_code, fps_id, version) = row;
    let business_id = BusinessId::from_uuid(business_id);
    let unreadable = || Error::Other(format!("business {business_id} cannot be read").into());
    let details = BusinessDetails {
        shop_name: shop_name.try_into().map_err(|_| unreadable())?,
        category_code: category_code.try_into().map_err(|_| unreadable())?,
        fps_id: fps_id.map(FpsId::try_from).transpose().map_err(|_| unreadable())?,
    };
    Ok(Business { business_id, owner_user_id: UserId::from_uuid(owner_user_id), details, version })
}
