//! What programs said of payment requests beside what payers read.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use uuid::Uuid;
use values::PaymentRequestId;

use super::sql;
use crate::domain::MerchantOrder;

/// Keeps what was said of new requests.
pub(super) fn insert(orders: &[(Uuid, MerchantOrder)]) -> String {
    let rows = orders.iter().map(|(request_id, order)| {
        let MerchantOrder { order_id, notification_uri, app_success_callback, app_fail_callback } =
            order;
        let texts = [order_id, notification_uri, app_success_callback, app_fail_callback];
        let texts = texts.map(|text| sql::optional_text(text.as_deref()));
        format!("{}, {}", sql::id(*request_id), texts.join(", "))
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO merchant_orders (payment_request_id, order_id, notification_uri,
             app_success_callback, app_fail_callback)
         VALUES {rows}"
    )
}

/// What was said of a request; nothing of one that no program made.
pub(crate) async fn find_merchant_order(
    connection: &mut impl Queryable,
    id: PaymentRequestId,
) -> Result<MerchantOrder, Error> {
    type Texts = (Option<String>, Option<String>, Option<String>, Option<String>);
    let sql = "SELECT order_id, notification_uri, app_success_callback, app_fail_callback
         FROM merchant_orders WHERE payment_request_id = ?";
    let row: Option<Texts> = connection.exec_first(sql, (id.uuid(),)).await?;
    let (order_id, notification_uri, app_success_callback, app_fail_callback) =
        row.unwrap_or_default();
    Ok(MerchantOrder { order_id, notification_uri, app_success_callback, app_fail_callback })
}
