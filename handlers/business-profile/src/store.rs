//! All SQL of this service.

pub(crate) mod handovers;
pub(crate) mod hours;
pub(crate) mod invitations;
pub(crate) mod members;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, FpsId, LatinName, PictureId, ShopRole, UserId};

use crate::domain::{Business, BusinessDetails};

type BusinessRow =
    (Uuid, Uuid, String, Option<String>, String, Option<String>, Option<Uuid>, u32, Option<String>);

/// A business and what its reader is there.
pub(crate) type Found = (Business, ShopRole);

const COLUMNS: &str = "business_id, owner_user_id, shop_name, shop_name_latin, category_code,
     fps_id, logo_id, version";

/// Makes this transaction the only one that gives the person a business, or work in one, until it
/// ends.
pub(crate) async fn lock_person(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO owners (user_id) VALUES (?) ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (user_id.uuid(),),
    )
    .await
}

pub(crate) async fn insert_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    let details = &business.details;
    tx.exec_drop(
        format!(
            "INSERT INTO businesses ({COLUMNS}, name_skeleton)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        (
            business.business_id.uuid(),
            business.owner_user_id.uuid(),
            details.shop_name.as_str(),
            details.shop_name_latin.as_ref().map(LatinName::as_str),
            details.category_code.as_str(),
            details.fps_id.as_ref().map(FpsId::as_str),
            business.logo_id.map(PictureId::uuid),
            business.version,
            details.shop_name.skeleton(),
        ),
    )
    .await
}

pub(crate) async fn update_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    let details = &business.details;
    tx.exec_drop(
        "UPDATE businesses SET owner_user_id = ?, shop_name = ?, name_skeleton = ?,
             shop_name_latin = ?, category_code = ?, fps_id = ?, logo_id = ?, version = ?
         WHERE business_id = ?",
        (
            business.owner_user_id.uuid(),
            details.shop_name.as_str(),
            details.shop_name.skeleton(),
            details.shop_name_latin.as_ref().map(LatinName::as_str),
            details.category_code.as_str(),
            details.fps_id.as_ref().map(FpsId::as_str),
            business.logo_id.map(PictureId::uuid),
            business.version,
            business.business_id.uuid(),
        ),
    )
    .await
}

/// None if the person is nothing there, or it is closed.
pub(crate) async fn find_business(
    connection: &mut impl Queryable,
    user_id: UserId,
    business_id: BusinessId,
) -> Result<Option<Found>, Error> {
    let user_id = user_id.uuid();
    let row: Option<BusinessRow> =
        connection.exec_first(select_one(), (user_id, user_id, business_id.uuid())).await?;
    row.map(found).transpose().map(Option::flatten)
}

/// The same, locked: nobody else changes it, or who works there, until the transaction ends.
pub(crate) async fn lock_business(
    tx: &mut Tx,
    user_id: UserId,
    business_id: BusinessId,
) -> Result<Option<Found>, Error> {
    lock_open_business(tx, business_id).await?;
    find_business(tx, user_id, business_id).await
}

/// For whom it is nothing yet. None if it is closed.
pub(crate) async fn lock_open_business(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    select_open(tx, business_id, "FOR UPDATE").await
}

/// The same, without a lock.
pub(crate) async fn find_open_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Business>, Error> {
    select_open(connection, business_id, "").await
}

async fn select_open(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    lock: &str,
) -> Result<Option<Business>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, NULL AS role FROM businesses
         WHERE business_id = ? AND closed_at IS NULL {lock}"
    );
    let row: Option<BusinessRow> = connection.exec_first(sql, (business_id.uuid(),)).await?;
    row.map(|row| business(row).map(|(business, _)| business)).transpose()
}

fn select_one() -> String {
    format!(
        "SELECT {COLUMNS}, IF(owner_user_id = ?, 'owner', (
             SELECT role FROM members
             WHERE members.business_id = businesses.business_id AND user_id = ?)) AS role
         FROM businesses WHERE business_id = ? AND closed_at IS NULL"
    )
}

/// Marks a business as closed.
pub(crate) async fn close_business(tx: &mut Tx, business: &Business) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE businesses SET closed_at = NOW(6), logo_id = NULL, version = ?
         WHERE business_id = ?",
        (business.version, business.business_id.uuid()),
    )
    .await
}

/// Closed shops that still have a logo.
pub(crate) async fn list_left_logos(
    connection: &mut impl Queryable,
    rows_max: u32,
) -> Result<Vec<(BusinessId, PictureId)>, Error> {
    let sql = "SELECT business_id, left_logo_id FROM businesses
         WHERE left_logo_id IS NOT NULL LIMIT ?";
    let rows: Vec<(Uuid, Uuid)> = connection.exec(sql, (rows_max,)).await?;
    let typed = |(business, logo)| (BusinessId::from_uuid(business), PictureId::from_uuid(logo));
    Ok(rows.into_iter().map(typed).collect())
}

pub(crate) async fn delete_left_logo(tx: &mut Tx, business_id: BusinessId) -> Result<(), Error> {
    let sql = "UPDATE businesses SET logo_id = NULL WHERE business_id = ?";
    tx.exec_drop(sql, (business_id.uuid(),)).await
}

/// Those that are not closed and are the person's, or that they work in; the newest first.
pub(crate) async fn list_businesses(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Found>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, role FROM businesses JOIN (
             SELECT business_id AS id, 'owner' AS role FROM businesses WHERE owner_user_id = ?
             UNION ALL
             SELECT business_id, role FROM members WHERE user_id = ? AND role IS NOT NULL
         ) AS own ON id = business_id
         WHERE closed_at IS NULL AND business_id < ? ORDER BY business_id DESC LIMIT ?"
    );
    let user_id = user_id.uuid();
    let page = (user_id, user_id, paging.before_id(), paging.rows());
    let rows: Vec<BusinessRow> = connection.exec(sql, page).await?;
    let rows: Vec<Option<Found>> = rows.into_iter().map(found).collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().collect())
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

/// None if its reader is nothing there.
fn found(row: BusinessRow) -> Result<Option<Found>, Error> {
    let (business, role) = business(row)?;
    Ok(role.map(|role| (business, role)))
}

fn business(row: BusinessRow) -> Result<(Business, Option<ShopRole>), Error> {
    let (
        business_id,
        owner_user_id,
        shop_name,
        shop_name_latin,
        category_code,
        fps_id,
        logo,
        version,
        role,
    ) = row;
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
    let role = role.map(|role| ShopRole::from_code(&role).ok_or_else(unreadable)).transpose()?;
    let owner_user_id = UserId::from_uuid(owner_user_id);
    let logo_id = logo.map(PictureId::from_uuid);
    let open = Business::open(business_id, owner_user_id, details);
    Ok((Business { version, logo_id, ..open }, role))
}
