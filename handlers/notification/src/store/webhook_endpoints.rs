//! The SQL of webhook endpoints and their secrets.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, bytes_literal};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BusinessId, UserId, WebhookEndpointId};

use super::unreadable;
use crate::domain::{
    DisabledReason, EndpointStatus, Lane, OLD_SECRET_HOURS, WebhookEndpoint, WebhookType,
    WebhookUrl,
};

/// `due_at` of an endpoint for which nothing waits.
pub(super) const NEVER: &str = "9999-12-31";
/// `leased_until` of an endpoint that nobody sends to.
const LONG_AGO: &str = "1970-01-02";

const COLUMNS: &str = "e.webhook_endpoint_id, e.business_id, e.url, e.webhook_types, e.status,
    e.is_of_program, e.disabled_reason, e.first_failed_at, e.created_at";

type Row = (
    Uuid,
    Uuid,
    String,
    String,
    String,
    bool,
    Option<String>,
    Option<PrimitiveDateTime>,
    PrimitiveDateTime,
);

pub(crate) async fn count_of_business(tx: &mut Tx, business_id: BusinessId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM webhook_endpoints
         WHERE business_id = ? AND NOT is_of_program";
    Ok(tx.exec_first(sql, (business_id.uuid(),)).await?.unwrap_or_default())
}

/// One that is there stays as it is.
pub(crate) async fn insert_endpoint(tx: &mut Tx, endpoint: &WebhookEndpoint) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO webhook_endpoints (webhook_endpoint_id, business_id, url, webhook_types,
             status, is_of_program, lane, due_at, leased_until, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, '{NEVER}', '{LONG_AGO}', ?)
         ON DUPLICATE KEY UPDATE webhook_endpoint_id = VALUES(webhook_endpoint_id)"
    );
    let codes: Vec<&str> = endpoint.webhook_types.iter().map(|wanted| wanted.code()).collect();
    let created_at = PrimitiveDateTime::new(endpoint.created_at.date(), endpoint.created_at.time());
    let values = (
        endpoint.id.uuid(),
        endpoint.business_id.uuid(),
        endpoint.url.as_str(),
        codes.join(","),
        endpoint.status.code(),
        endpoint.is_of_program,
        Lane::Slow.code(),
        created_at,
    );
    tx.exec_drop(sql, values).await
}

/// An endpoint of one of the owner's businesses.
pub(crate) async fn find_endpoint(
    connection: &mut impl Queryable,
    owner: UserId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_endpoints e JOIN businesses b USING (business_id)
         WHERE e.webhook_endpoint_id = ? AND b.owner_user_id = ?"
    );
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), owner.uuid())).await?;
    row.map(endpoint).transpose()
}

/// The same, and holds its row until the transaction ends.
pub(crate) async fn lock_endpoint(
    tx: &mut Tx,
    owner: UserId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, Error> {
    let sql = "SELECT webhook_endpoint_id FROM webhook_endpoints WHERE webhook_endpoint_id = ?
         FOR UPDATE";
    tx.exec_drop(sql, (id.uuid(),)).await?;
    find_endpoint(tx, owner, id).await
}

/// The endpoints of all of the owner's businesses with ids below `before`, newest first.
pub(crate) async fn list_endpoints(
    connection: &mut impl Queryable,
    owner: UserId,
    before: Uuid,
    limit: usize,
) -> Result<Vec<WebhookEndpoint>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_endpoints e JOIN businesses b USING (business_id)
         WHERE b.owner_user_id = ? AND e.webhook_endpoint_id < ?
         ORDER BY e.webhook_endpoint_id DESC LIMIT ?"
    );
    let rows: Vec<Row> = connection.exec(sql, (owner.uuid(), before, limit)).await?;
    rows.into_iter().map(endpoint).collect()
}

/// The endpoints of these businesses that are kept something for. Their rows stay locked until the
/// transaction ends, all in one order.
pub(crate) async fn lock_endpoints_of(
    tx: &mut Tx,
    business_ids: &[BusinessId],
) -> Result<Vec<WebhookEndpoint>, Error> {
    let ids: Vec<String> =
        business_ids.iter().map(|id| bytes_literal(id.uuid().as_bytes())).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_endpoints e
         WHERE e.business_id IN ({}) AND e.status IN ('{}', '{}')
         ORDER BY e.webhook_endpoint_id FOR UPDATE",
        ids.join(", "),
        EndpointStatus::Enabled.code(),
        EndpointStatus::Paused.code(),
    );
    let rows: Vec<Row> = tx.query(sql).await?;
    rows.into_iter().map(endpoint).collect()
}

/// Those that the owner of a business has registered. Their rows stay locked until the transaction
/// ends, in the order of whoever locks several.
pub(crate) async fn lock_registered(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Vec<WebhookEndpointId>, Error> {
    let sql = "SELECT webhook_endpoint_id FROM webhook_endpoints
         WHERE business_id = ? AND NOT is_of_program ORDER BY webhook_endpoint_id FOR UPDATE";
    let ids: Vec<Uuid> = tx.exec(sql, (business_id.uuid(),)).await?;
    Ok(ids.into_iter().map(WebhookEndpointId::from_uuid).collect())
}

/// Something waits for these endpoints now.
pub(crate) async fn wake_endpoints(tx: &mut Tx, ids: &[WebhookEndpointId]) -> Result<(), Error> {
    let ids: Vec<String> = ids.iter().map(|id| bytes_literal(id.uuid().as_bytes())).collect();
    tx.query_drop(format!(
        "UPDATE webhook_endpoints SET due_at = LEAST(due_at, NOW(6))
         WHERE webhook_endpoint_id IN ({})",
        ids.join(", ")
    ))
    .await
}

/// Counts one more that is sent again, of a locked endpoint: how many are in the hour, and in how
/// many seconds that ends.
pub(crate) async fn count_redelivery(
    tx: &mut Tx,
    id: WebhookEndpointId,
) -> Result<(u32, u64), Error> {
    // Assigned in this order: the count is of the hour as it stood.
    let sql = "UPDATE webhook_endpoints
         SET redeliveries =
                 IF(redelivered_since > NOW(6) - INTERVAL 1 HOUR, redeliveries + 1, 1),
             redelivered_since =
                 IF(redelivered_since > NOW(6) - INTERVAL 1 HOUR, redelivered_since, NOW(6))
         WHERE webhook_endpoint_id = ?";
    tx.exec_drop(sql, (id.uuid(),)).await?;
    let sql = "SELECT redeliveries,
             GREATEST(1, TIMESTAMPDIFF(SECOND, NOW(6), redelivered_since + INTERVAL 1 HOUR) + 1)
         FROM webhook_endpoints WHERE webhook_endpoint_id = ?";
    let row: Option<(u32, u64)> = tx.exec_first(sql, (id.uuid(),)).await?;
    Ok(row.unwrap_or_default())
}

/// The owner wants to see something sent: the endpoint does not rest from its failures any more.
pub(crate) async fn end_rest(tx: &mut Tx, id: WebhookEndpointId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_endpoints SET due_at = LEAST(due_at, NOW(6)), leased_until = NOW(6)
         WHERE webhook_endpoint_id = ? AND lease_id IS NULL",
        (id.uuid(),),
    )
    .await
}

/// Deletes an endpoint with its secrets. What was to be sent to it is nobody's any more and goes
/// with its days.
pub(crate) async fn delete_endpoint(tx: &mut Tx, id: WebhookEndpointId) -> Result<(), Error> {
    for table in ["webhook_secrets", "webhook_endpoints"] {
        let sql = format!("DELETE FROM {table} WHERE webhook_endpoint_id = ?");
        tx.exec_drop(sql, (id.uuid(),)).await?;
    }
    Ok(())
}

/// The owner's word: it is sent what happens, or is not.
pub(crate) async fn update_status(
    tx: &mut Tx,
    id: WebhookEndpointId,
    status: EndpointStatus,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_endpoints
         SET status = ?, disabled_reason = NULL, first_failed_at = NULL, due_at = NOW(6)
         WHERE webhook_endpoint_id = ?",
        (status.code(), id.uuid()),
    )
    .await
}

/// It has failed for good.
pub(crate) async fn disable(
    tx: &mut Tx,
    id: WebhookEndpointId,
    reason: DisabledReason,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_endpoints SET status = ?, disabled_reason = ?
         WHERE webhook_endpoint_id = ?",
        (EndpointStatus::Disabled.code(), reason.code(), id.uuid()),
    )
    .await
}

/// Since when nothing succeeds: since now, or not at all.
pub(crate) async fn update_first_failed(
    tx: &mut Tx,
    id: WebhookEndpointId,
    is_failing: bool,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_endpoints SET first_failed_at = IF(?, NOW(6), NULL)
         WHERE webhook_endpoint_id = ?",
        (is_failing, id.uuid()),
    )
    .await
}

/// The newest secret, under this number; the one before it ends soon, all others at once.
pub(crate) async fn insert_secret(
    tx: &mut Tx,
    id: WebhookEndpointId,
    number: u32,
    sealed: &[u8],
) -> Result<(), Error> {
    tx.exec_drop(
        "DELETE FROM webhook_secrets WHERE webhook_endpoint_id = ? AND ends_at IS NOT NULL",
        (id.uuid(),),
    )
    .await?;
    let sql = format!(
        "UPDATE webhook_secrets SET ends_at = NOW(6) + INTERVAL {OLD_SECRET_HOURS} HOUR
         WHERE webhook_endpoint_id = ?"
    );
    tx.exec_drop(sql, (id.uuid(),)).await?;
    tx.exec_drop(
        "INSERT INTO webhook_secrets (webhook_endpoint_id, number, sealed) VALUES (?, ?, ?)",
        (id.uuid(), number, sealed),
    )
    .await
}

/// The number of the newest secret.
pub(crate) async fn find_secret_number(
    connection: &mut impl Queryable,
    id: WebhookEndpointId,
) -> Result<u32, Error> {
    let sql = "SELECT MAX(number) FROM webhook_secrets WHERE webhook_endpoint_id = ?";
    let number: Option<Option<u32>> = connection.exec_first(sql, (id.uuid(),)).await?;
    Ok(number.flatten().unwrap_or_default())
}

/// The secrets that sign, the newest first, sealed.
pub(crate) async fn list_secrets(
    connection: &mut impl Queryable,
    id: WebhookEndpointId,
) -> Result<Vec<(u32, Vec<u8>)>, Error> {
    connection
        .exec(
            "SELECT number, sealed FROM webhook_secrets
             WHERE webhook_endpoint_id = ? AND (ends_at IS NULL OR ends_at > NOW(6))
             ORDER BY number DESC",
            (id.uuid(),),
        )
        .await
}

fn endpoint(row: Row) -> Result<WebhookEndpoint, Error> {
    let (id, business_id, url, types, status, is_of_program, reason, first_failed_at, created_at) =
        row;
    let id = WebhookEndpointId::from_uuid(id);
    let wanted = types.split(',').map(WebhookType::from_code);
    let reason = reason.map(|code| DisabledReason::from_code(&code).ok_or(()));
    Ok(WebhookEndpoint {
        id,
        business_id: BusinessId::from_uuid(business_id),
        url: WebhookUrl::stored(&url).ok_or_else(|| unreadable(id))?,
        is_of_program,
        webhook_types: wanted.collect::<Option<_>>().ok_or_else(|| unreadable(id))?,
        status: EndpointStatus::from_code(&status).ok_or_else(|| unreadable(id))?,
        disabled_reason: reason.transpose().map_err(|()| unreadable(id))?,
        first_failed_at: first_failed_at.map(PrimitiveDateTime::assume_utc),
        created_at: created_at.assume_utc(),
    })
}
