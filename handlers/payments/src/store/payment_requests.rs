//! Payment requests.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, from_row_opt};
use service::Paging;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, CaptureMethod, PaymentId, PaymentRequestId, RequestStatus, UserId};

use super::expiring::Expiring;
use super::sql::Lock;
use super::{money, sql, stored, unreadable};
use crate::domain::{Cut, PaymentRequest, Rows};

const COLUMNS: &str = "payment_request_id, business_id, shop_name, amount, description,
    capture_method, status, created_at, expires_at, payment_id, tip_allowed, created_by";

pub(super) type Row = (
    Uuid,
    Uuid,
    String,
    i64,
    String,
    String,
    String,
    PrimitiveDateTime,
    PrimitiveDateTime,
    Option<Uuid>,
    bool,
    Option<Uuid>,
);

/// Writes requests as they are now, new ones and others. What never changes is not updated.
pub(super) fn save(requests: &Rows<PaymentRequest>) -> String {
    let rows = requests.changed().map(|request| {
        [
            sql::id(request.id.uuid()),
            sql::id(request.business_id.uuid()),
            sql::text(&request.shop_name),
            request.amount.minor_units().to_string(),
            sql::text(request.amount.currency().code()),
            sql::text(&request.description),
            sql::text(request.capture_method.code()),
            sql::text(request.status.code()),
            sql::time(request.created_at),
            sql::time(request.expires_at),
            sql::optional_id(request.payment_id.map(PaymentId::uuid)),
            request.tip_allowed.to_string(),
            sql::optional_id(request.created_by.map(UserId::uuid)),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount,
             currency, description, capture_method, status, created_at, expires_at, payment_id,
             tip_allowed, created_by)
         VALUES {rows} ON DUPLICATE KEY UPDATE status = VALUES(status),
             payment_id = VALUES(payment_id)"
    )
}

pub(super) fn select(ids: &str) -> String {
    format!("SELECT {COLUMNS} FROM payment_requests WHERE payment_request_id IN ({ids})")
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!("{} ORDER BY payment_request_id {}", select(ids), lock.clause())
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<PaymentRequest>, Error> {
    rows.into_iter().map(payment_request).collect()
}

pub(crate) async fn find_payment_request(
    connection: &mut impl Queryable,
    id: PaymentRequestId,
) -> Result<Option<PaymentRequest>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM payment_requests WHERE payment_request_id = ?");
    connection.exec_first(sql, (id.uuid(),)).await?.map(payment_request).transpose()
}

/// One page of what this business has asked for.
pub(crate) async fn list_of_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    paging: &Paging,
) -> Result<Vec<PaymentRequest>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_requests
         WHERE business_id = ? AND payment_request_id >= ? AND payment_request_id < ?
         ORDER BY payment_request_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), paging.from_id(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(payment_request).collect()
}

/// The newest requests of this business that can be paid at `now`. They are not older than one may
/// become, which spares looking into all months.
pub(crate) async fn list_open_of_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    now: OffsetDateTime,
    limit: usize,
) -> Result<Vec<PaymentRequest>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_requests
         WHERE business_id = ? AND status = 'open' AND payment_request_id >= ? AND expires_at > ?
         ORDER BY payment_request_id DESC LIMIT ?"
    );
    let oldest = Cut::at(now.saturating_sub(PaymentRequest::LIFETIME_MAX));
    let page = (business_id.uuid(), oldest.uuid(), stored(now), limit);
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(payment_request).collect()
}

impl Expiring for PaymentRequest {
    const TABLE: &str = "payment_requests";
    const ID: &str = "payment_request_id";
    const COLUMNS: &str = COLUMNS;
    const EXPIRED: &str = "status = 'expired'";

    fn read(row: mysql_async::Row) -> Result<Self, Error> {
        let row = from_row_opt(row).map_err(|_| unreadable("a payment request"))?;
        payment_request(row)
    }
}

fn payment_request(row: Row) -> Result<PaymentRequest, Error> {
    let (
        id,
        business,
        shop_name,
        amount,
        description,
        capture_method,
        status,
        created_at,
        expires_at,
        payment,
        tip_allowed,
        created_by,
    ) = row;
    Ok(PaymentRequest {
        id: PaymentRequestId::from_uuid(id),
        business_id: BusinessId::from_uuid(business),
        shop_name,
        amount: money(amount)?,
        description,
        capture_method: CaptureMethod::from_code(&capture_method)
            .ok_or_else(|| unreadable("a payment request's capture method"))?,
        status: RequestStatus::from_code(&status)
            .ok_or_else(|| unreadable("a payment request's status"))?,
        created_at: created_at.assume_utc(),
        expires_at: expires_at.assume_utc(),
        payment_id: payment.map(PaymentId::from_uuid),
        tip_allowed,
        created_by: created_by.map(UserId::from_uuid),
    })
}
