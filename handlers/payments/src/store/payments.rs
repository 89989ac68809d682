//! Completed payments.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::Paging;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BusinessId, PaymentId, PaymentRequestId, TransferId, UserId};

use super::{money, stored};
use crate::domain::{ConfirmedBy, Payment};

/// Begins each query; the payer's name is as it is now.
const SELECT_PAYMENTS: &str = "SELECT payments.payment_id, payment_request_id, payer_user_id,
        COALESCE(people.display_name, ''), payments.business_id, requests.shop_name,
        payments.amount, transfer_id, completed_at
    FROM payments
    JOIN payment_requests AS requests USING (payment_request_id)
    LEFT JOIN people ON people.user_id = payer_user_id";

type Row = (Uuid, Uuid, Uuid, String, Uuid, String, i64, Uuid, PrimitiveDateTime);

pub(crate) async fn insert_payment(
    tx: &mut Tx,
    payment: &Payment,
    confirmed_by: ConfirmedBy,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO payments (payment_id, payment_request_id, payer_user_id, business_id, amount,
             currency, transfer_id, confirmed_by, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            payment.id.uuid(),
            payment.payment_request_id.uuid(),
            payment.payer_user_id.uuid(),
            payment.business_id.uuid(),
            payment.amount.minor_units(),
            payment.amount.currency().code(),
            payment.transfer_id.uuid(),
            confirmed_by.code(),
            stored(payment.completed_at),
        ),
    )
    .await
}

/// The payment, if `user_id` paid it or owns the shop that was paid.
pub(crate) async fn find_payment_of(
    connection: &mut impl Queryable,
    id: PaymentId,
    user_id: UserId,
) -> Result<Option<Payment>, Error> {
    let sql = format!(
        "{SELECT_PAYMENTS} LEFT JOIN shops ON shops.business_id = payments.business_id
         WHERE payments.payment_id = ? AND (payer_user_id = ? OR owner_user_id = ?)"
    );
    let row = connection.exec_first(sql, (id.uuid(), user_id.uuid(), user_id.uuid())).await?;
    row.map(payment).transpose()
}

/// One page of what this person has paid.
pub(crate) async fn list_of_payer(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Payment>, Error> {
    list(connection, "payer_user_id", user_id.uuid(), paging).await
}

/// One page of what this business has received.
pub(crate) async fn list_of_business(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    paging: &Paging,
) -> Result<Vec<Payment>, Error> {
    list(connection, "payments.business_id", business_id.uuid(), paging).await
}

async fn list(
    connection: &mut impl Queryable,
    owner_column: &str,
    owner: Uuid,
    paging: &Paging,
) -> Result<Vec<Payment>, Error> {
    let sql = format!(
        "{SELECT_PAYMENTS}
         WHERE {owner_column} = ? AND payments.payment_id >= ? AND payments.payment_id < ?
         ORDER BY payments.payment_id DESC LIMIT ?"
    );
    let page = (owner, paging.from_id(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(payment).collect()
}

fn payment(row: Row) -> Result<Payment, Error> {
    let (id, request, payer, payer_name, business, shop_name, amount, transfer, completed_at) = row;
    Ok(Payment {
        id: PaymentId::from_uuid(id),
        payment_request_id: PaymentRequestId::from_uuid(request),
        payer_user_id: UserId::from_uuid(payer),
        payer_name,
        business_id: BusinessId::from_uuid(business),
        shop_name,
        amount: money(amount)?,
        transfer_id: TransferId::from_uuid(transfer),
        completed_at: completed_at.assume_utc(),
    })
}
