//! Payment requests.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, PaymentId, PaymentRequestId, RequestStatus};

use super::{money, stored, unreadable};
use crate::domain::PaymentRequest;

const COLUMNS: &str = "payment_request_id, business_id, shop_name, amount, description, status,
    created_at, expires_at, payment_id";

type Row =
    (Uuid, Uuid, String, i64, String, String, PrimitiveDateTime, PrimitiveDateTime, Option<Uuid>);

pub(crate) async fn insert_payment_request(
    tx: &mut Tx,
    request: &PaymentRequest,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO payment_requests (payment_request_id, business_id, shop_name, amount,
             currency, description, status, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            request.id.uuid(),
            request.business_id.uuid(),
            &request.shop_name,
            request.amount.minor_units(),
            request.amount.currency().code(),
            &request.description,
            request.status.code(),
            stored(request.created_at),
            stored(request.expires_at),
        ),
    )
    .await
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

/// Finds a request and keeps everybody else from closing it until the transaction ends.
pub(crate) async fn lock_payment_request(
    tx: &mut Tx,
    id: PaymentRequestId,
) -> Result<Option<PaymentRequest>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM payment_requests WHERE payment_request_id = ? FOR UPDATE");
    tx.exec_first(sql, (id.uuid(),)).await?.map(payment_request).transpose()
}

/// Up to `limit` open requests whose time is over; those that somebody is closing are skipped.
pub(crate) async fn lock_overdue_payment_requests(
    tx: &mut Tx,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<PaymentRequest>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_requests WHERE status = 'open' AND expires_at <= ?
         ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED"
    );
    let rows: Vec<Row> = tx.exec(sql, (stored(now), limit)).await?;
    rows.into_iter().map(payment_request).collect()
}

/// Writes how the request was closed.
pub(crate) async fn close_payment_request(
    tx: &mut Tx,
    request: &PaymentRequest,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE payment_requests SET status = ?, payment_id = ? WHERE payment_request_id = ?",
        (request.status.code(), request.payment_id.map(PaymentId::uuid), request.id.uuid()),
    )
    .await
}

fn payment_request(row: Row) -> Result<PaymentRequest, Error> {
    let (id, business, shop_name, amount, description, status, created_at, expires_at, payment) =
        row;
    Ok(PaymentRequest {
        id: PaymentRequestId::from_uuid(id),
        business_id: BusinessId::from_uuid(business),
        shop_name,
        amount: money(amount)?,
        description,
        status: RequestStatus::from_code(&status)
            .ok_or_else(|| unreadable("a payment request's status"))?,
        created_at: created_at.assume_utc(),
        expires_at: expires_at.assume_utc(),
        payment_id: payment.map(PaymentId::from_uuid),
    })
}
