//! All SQL of this service.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{
    BusinessId, CaptureMethod, CategoryCode, DisplayName, FpsId, LatinName, Money,
    PaymentRequestId, PictureId, RequestStatus, ReturnUrl,
};

use crate::domain::{PaymentRequest, Shop};

type ShopRow = (String, Option<String>, String, Option<String>, Option<Uuid>, bool);
type PaymentRequestRow =
    (Uuid, String, i64, String, String, String, PrimitiveDateTime, bool, Option<String>);

/// Keeps the newest version; an older one that arrives late changes nothing.
/// If this is the newest version that was heard of. A logo of which nothing was told stays.
pub(crate) async fn save_shop(
    tx: &mut Tx,
    shop: &Shop,
    version: u32,
    is_logo_told: bool,
) -> Result<(), Error> {
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO shops (business_id, shop_name, shop_name_latin, category_code, fps_id,
             logo_id, is_closed, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             shop_name = IF(VALUES(version) > version, VALUES(shop_name), shop_name),
             shop_name_latin =
                 IF(VALUES(version) > version, VALUES(shop_name_latin), shop_name_latin),
             category_code = IF(VALUES(version) > version, VALUES(category_code), category_code),
             fps_id = IF(VALUES(version) > version, VALUES(fps_id), fps_id),
             logo_id = IF(VALUES(version) > version AND ?, VALUES(logo_id), logo_id),
             is_closed = IF(VALUES(version) > version, VALUES(is_closed), is_closed),
             version = GREATEST(version, VALUES(version))",
        (
            shop.business_id.uuid(),
            shop.shop_name.as_str(),
            shop.shop_name_latin.as_ref().map(LatinName::as_str),
            shop.category_code.as_str(),
            shop.fps_id.as_ref().map(FpsId::as_str),
            shop.logo_id.map(PictureId::uuid),
            shop.is_closed,
            version,
            is_logo_told,
        ),
    )
    .await
}

pub(crate) async fn find_shop(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Shop>, Error> {
    let row: Option<ShopRow> = connection
        .exec_first(
            "SELECT shop_name, shop_name_latin, category_code, fps_id, logo_id, is_closed
             FROM shops WHERE business_id = ?",
            (business_id.uuid(),),
        )
        .await?;
    row.map(|(shop_name, shop_name_latin, category_code, fps_id, logo, is_closed)| {
        Ok(Shop {
            business_id,
            shop_name: name(shop_name)?,
            shop_name_latin: shop_name_latin
                .map(LatinName::try_from)
                .transpose()
                .map_err(|_| unreadable("a Latin name"))?,
            category_code: CategoryCode::try_from(category_code)
                .map_err(|_| unreadable("a category code"))?,
            fps_id: fps_id
                .map(FpsId::try_from)
                .transpose()
                .map_err(|_| unreadable("an FPS identifier"))?,
            logo_id: logo.map(PictureId::from_uuid),
            is_closed,
        })
    })
    .transpose()
}

/// What a request asks for never changes: one that is stored stays as it is.
pub(crate) async fn save_payment_request(
    tx: &mut Tx,
    request: &PaymentRequest,
) -> Result<(), Error> {
    let expires_at = request.expires_at.to_offset(UtcOffset::UTC);
    tx.exec_drop(
        "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount,
             description, capture_method, status, expires_at, tip_allowed, return_url)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE payment_request_id = VALUES(payment_request_id)",
        (
            request.id.uuid(),
            request.business_id.uuid(),
            request.shop_name.as_str(),
            request.amount.minor_units(),
            &request.description,
            request.capture_method.code(),
            request.status.code(),
            PrimitiveDateTime::new(expires_at.date(), expires_at.time()),
            request.tip_allowed,
            request.return_url.as_ref().map(ReturnUrl::as_str),
        ),
    )
    .await
}

pub(crate) async fn update_payment_request_status(
    tx: &mut Tx,
    id: PaymentRequestId,
    status: RequestStatus,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE payment_requests SET status = ? WHERE payment_request_id = ?",
        (status.code(), id.uuid()),
    )
    .await
}

pub(crate) async fn find_payment_request(
    connection: &mut impl Queryable,
    id: PaymentRequestId,
) -> Result<Option<PaymentRequest>, Error> {
    let row: Option<PaymentRequestRow> = connection
        .exec_first(
            "SELECT business_id, shop_name, amount, description, capture_method, status,
                 expires_at, tip_allowed, return_url
             FROM payment_requests WHERE payment_request_id = ?",
            (id.uuid(),),
        )
        .await?;
    row.map(|row| payment_request(id, row)).transpose()
}

fn payment_request(id: PaymentRequestId, row: PaymentRequestRow) -> Result<PaymentRequest, Error> {
    let (business_id, shop_name, amount, description, method, status, expires_at, tip, url) = row;
    Ok(PaymentRequest {
        id,
        business_id: BusinessId::from_uuid(business_id),
        shop_name: name(shop_name)?,
        amount: Money::hkd(amount).map_err(|_| unreadable("an amount"))?,
        description,
        capture_method: CaptureMethod::from_code(&method)
            .ok_or_else(|| unreadable("a capture method"))?,
        status: RequestStatus::from_code(&status).ok_or_else(|| unreadable("a status"))?,
        expires_at: expires_at.assume_utc(),
        tip_allowed: tip,
        return_url: url.and_then(|url| url.try_into().ok()),
    })
}

fn name(text: String) -> Result<DisplayName, Error> {
    text.try_into().map_err(|_| unreadable("a shop's name"))
}

/// The error for a row that no version of this service has written.
fn unreadable(what: &str) -> Error {
    Error::Other(format!("{what} cannot be read").into())
}
