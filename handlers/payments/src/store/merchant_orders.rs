//! What programs said of payment requests beside what payers read.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use values::PaymentRequestId;

use crate::domain::MerchantOrder;

/// Keeps it, once.
pub(crate) async fn save_merchant_order(
    connection: &mut impl Queryable,
    id: PaymentRequestId,
    order: &MerchantOrder,
) -> Result<(), Error> {
    let MerchantOrder { order_id, notification_uri, app_success_callback, app_fail_callback } =
        order;
    let row = (id.uuid(), order_id, notification_uri, app_success_callback, app_fail_callback);
    let sql = "INSERT INTO merchant_orders (payment_request_id, order_id, notification_uri,
             app_success_callback, app_fail_callback)
         VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE order_id = order_id";
    connection.exec_drop(sql, row).await
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
