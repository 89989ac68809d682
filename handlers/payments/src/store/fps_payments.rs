//! To whom payments by FPS go. The payments themselves are operations.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use uuid::Uuid;
use values::{FpsPaymentId, FpsProxy, OperationKind, UserId};

use super::fps_payees::read_proxy;
use super::operations::{COLUMNS, operation, take};
use super::sql;
use crate::domain::Operation;

/// Keeps the proxies of new payments.
pub(super) fn insert(proxies: &[(Uuid, FpsProxy)]) -> String {
    let rows = proxies.iter().map(|(operation_id, proxy)| {
        // Not as text, which the server's log of slow statements would show to everybody.
        let text = sql::binary(proxy.as_str().as_bytes());
        format!("{}, {}, {text}", sql::id(*operation_id), sql::text(proxy.proxy_type().code()))
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO fps_payments (operation_id, proxy_type, proxy) VALUES {rows}")
}

/// The payment and by what its payee is known, if it is this person's.
pub(crate) async fn find_fps_payment_of(
    connection: &mut impl Queryable,
    id: FpsPaymentId,
    user_id: UserId,
) -> Result<Option<(Operation, FpsProxy)>, Error> {
    let found = find_fps_payment(connection, id).await?;
    Ok(found.filter(|(payment, _)| payment.from.account_id == user_id.uuid()))
}

/// The payment and by what its payee is known, whosever it is. One that goes nowhere is an error.
pub(crate) async fn find_fps_payment(
    connection: &mut impl Queryable,
    id: FpsPaymentId,
) -> Result<Option<(Operation, FpsProxy)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, proxy_type, proxy
         FROM operations LEFT JOIN fps_payments USING (operation_id)
         WHERE operation_id = ? AND kind = ?"
    );
    let id = (id.uuid(), OperationKind::FpsPayment.code());
    connection.exec_first(sql, id).await?.map(payment).transpose()
}

fn payment(mut row: Row) -> Result<(Operation, FpsProxy), Error> {
    let (proxy_type, proxy): (Option<String>, Option<Vec<u8>>) =
        (take(&mut row, "proxy_type")?, take(&mut row, "proxy")?);
    let proxy = read_proxy(&proxy_type.unwrap_or_default(), &proxy.unwrap_or_default())?;
    Ok((operation(row)?, proxy))
}
