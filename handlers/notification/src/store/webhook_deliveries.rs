//! The SQL of what is sent to webhook endpoints, and of each try.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::{Tx, bytes_literal, text_literal};
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{UserId, WebhookDeliveryId, WebhookEndpointId};

use super::unreadable;
use crate::domain::{
    AttemptOutcome, DeliveryState, EndpointStatus, TEST_TYPE, ToldShops, WebhookAttempt,
    WebhookDelivery, WebhookMessageType, WebhookUrl,
};

const COLUMNS: &str = "d.webhook_delivery_id, d.webhook_endpoint_id, d.webhook_type, d.payload,
    d.state, d.attempts, d.due_at, d.created_at, d.finished_at";

type Row = (
    Uuid,
    Uuid,
    String,
    String,
    String,
    u32,
    PrimitiveDateTime,
    PrimitiveDateTime,
    Option<PrimitiveDateTime>,
);

/// Something that is to be sent.
pub(crate) struct NewDelivery<'a> {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) event_id: &'a str,
    pub(crate) webhook_type: &'a str,
    pub(crate) payload: &'a str,
    /// Where it goes, if the endpoint does not say.
    pub(crate) url: Option<&'a WebhookUrl>,
}

/// What an endpoint is told already, it is not told again.
pub(crate) async fn insert_deliveries(
    tx: &mut Tx,
    deliveries: &[NewDelivery<'_>],
) -> Result<(), Error> {
    let row = |delivery: &NewDelivery<'_>| {
        let url = delivery.url.map(|url| text_literal(url.as_str()));
        format!(
            "({}, {}, {}, {}, {}, {}, 'pending', NOW(6), NOW(6))",
            bytes_literal(delivery.id.uuid().as_bytes()),
            bytes_literal(delivery.endpoint_id.uuid().as_bytes()),
            text_literal(delivery.event_id),
            text_literal(delivery.webhook_type),
            text_literal(delivery.payload),
            url.as_deref().unwrap_or("NULL"),
        )
    };
    let rows: Vec<String> = deliveries.iter().map(row).collect();
    let sql = format!(
        "INSERT INTO webhook_deliveries (webhook_delivery_id, webhook_endpoint_id, event_id,
             webhook_type, payload, url, state, due_at, created_at)
         VALUES {}
         ON DUPLICATE KEY UPDATE event_id = VALUES(event_id)",
        rows.join(", ")
    );
    tx.query_drop(sql).await
}

/// How many test messages wait for an endpoint.
pub(crate) async fn count_waiting_tests(
    tx: &mut Tx,
    endpoint_id: WebhookEndpointId,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM webhook_deliveries
         WHERE webhook_endpoint_id = ? AND state = 'pending' AND webhook_type = ?";
    Ok(tx.exec_first(sql, (endpoint_id.uuid(), TEST_TYPE)).await?.unwrap_or_default())
}

/// A message that is to be sent now.
pub(crate) struct DueDelivery {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) payload: String,
    /// Where it goes, if the endpoint does not say.
    pub(crate) url: Option<WebhookUrl>,
    pub(crate) attempts: u32,
}

/// What waits for an endpoint, the longest waiting first.
pub(crate) async fn list_due(
    conn: &mut Conn,
    endpoint_id: WebhookEndpointId,
    limit: usize,
) -> Result<Vec<DueDelivery>, Error> {
    let rows: Vec<(Uuid, String, Option<String>, u32)> = conn
        .exec(
            "SELECT webhook_delivery_id, payload, url, attempts FROM webhook_deliveries
             WHERE webhook_endpoint_id = ? AND state = 'pending' AND due_at <= NOW(6)
             ORDER BY due_at LIMIT ?",
            (endpoint_id.uuid(), limit),
        )
        .await?;
    let due = |(id, payload, url, attempts): (_, _, Option<String>, _)| {
        let id = WebhookDeliveryId::from_uuid(id);
        let url = url.map(|url| WebhookUrl::stored(&url).ok_or_else(|| unreadable(id)));
        Ok(DueDelivery { id, payload, url: url.transpose()?, attempts })
    };
    rows.into_iter().map(due).collect()
}

/// Nothing that waits for an endpoint is sent any more.
pub(crate) async fn fail_waiting(
    conn: &mut Conn,
    endpoint_id: WebhookEndpointId,
) -> Result<(), Error> {
    conn.exec_drop(
        "UPDATE webhook_deliveries SET state = 'failed', finished_at = NOW(6)
         WHERE webhook_endpoint_id = ? AND state = 'pending'",
        (endpoint_id.uuid(),),
    )
    .await
}

/// It is not sent at all.
pub(crate) async fn fail_unsent(conn: &mut Conn, id: WebhookDeliveryId) -> Result<(), Error> {
    conn.exec_drop(
        "UPDATE webhook_deliveries SET state = 'failed', finished_at = NOW(6)
         WHERE webhook_delivery_id = ? AND state = 'pending'",
        (id.uuid(),),
    )
    .await
}

/// Notes a try.
pub(crate) async fn insert_attempt(
    tx: &mut Tx,
    id: WebhookDeliveryId,
    attempt: &WebhookAttempt,
) -> Result<(), Error> {
    let at = PrimitiveDateTime::new(attempt.attempted_at.date(), attempt.attempted_at.time());
    tx.exec_drop(
        "INSERT INTO webhook_attempts (webhook_delivery_id, number, outcome, status_code,
             duration_ms, attempted_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            id.uuid(),
            attempt.number,
            attempt.outcome.code(),
            attempt.status_code,
            attempt.duration_ms,
            at,
        ),
    )
    .await
}

/// Notes where a delivery stands after a try: it is over, or is tried again after so many
/// milliseconds.
pub(crate) async fn update_tried(
    tx: &mut Tx,
    id: WebhookDeliveryId,
    state: DeliveryState,
    wait_ms: u64,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_deliveries
         SET attempts = attempts + 1, failures = failures + IF(? = 'delivered', 0, 1),
             due_at = NOW(6) + INTERVAL ? MICROSECOND, state = ?,
             finished_at = IF(? = 'pending', NULL, NOW(6))
         WHERE webhook_delivery_id = ?",
        (state.code(), wait_ms.saturating_mul(1_000), state.code(), state.code(), id.uuid()),
    )
    .await
}

/// A delivery to an endpoint of one of the owner's businesses.
pub(crate) async fn find_delivery(
    connection: &mut impl Queryable,
    owner: UserId,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDelivery>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_deliveries d
             JOIN webhook_endpoints e USING (webhook_endpoint_id)
             JOIN businesses b USING (business_id)
         WHERE d.webhook_delivery_id = ? AND b.owner_user_id = ?"
    );
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(), owner.uuid())).await?;
    row.map(delivery).transpose()
}

/// Which deliveries of an endpoint are listed.
pub(crate) struct Wanted {
    pub(crate) state: Option<DeliveryState>,
    pub(crate) message_type: Option<WebhookMessageType>,
    pub(crate) created_from: Option<OffsetDateTime>,
    pub(crate) created_before: Option<OffsetDateTime>,
}

/// One page of the deliveries of an endpoint, the newest first.
pub(crate) async fn list_deliveries(
    connection: &mut impl Queryable,
    endpoint_id: WebhookEndpointId,
    wanted: &Wanted,
    paging: &Paging,
) -> Result<Vec<WebhookDelivery>, Error> {
    let Wanted { state, message_type, created_from, created_before } = *wanted;
    let of_state = if state.is_some() { "AND d.state = ?" } else { "AND ? IS NULL" };
    let of_type = if message_type.is_some() { "AND d.webhook_type = ?" } else { "AND ? IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM webhook_deliveries d
         WHERE d.webhook_endpoint_id = ? {of_state} {of_type}
             AND d.created_at >= COALESCE(?, '1970-01-02')
             AND d.created_at < COALESCE(?, '9999-12-31')
             AND d.webhook_delivery_id >= ? AND d.webhook_delivery_id < ?
         ORDER BY d.webhook_delivery_id DESC LIMIT ?"
    );
    let state = state.map(DeliveryState::code);
    let (from, before) = (paging.from_id(), paging.before_id());
    let [created_from, created_before] = [created_from, created_before].map(|at| {
        at.map(|at| at.to_offset(UtcOffset::UTC))
            .map(|at| PrimitiveDateTime::new(at.date(), at.time()))
    });
    let message_type = message_type.map(WebhookMessageType::code);
    let id = endpoint_id.uuid();
    let values =
        (id, state, message_type, created_from, created_before, from, before, paging.rows());
    let rows: Vec<Row> = connection.exec(sql, values).await?;
    rows.into_iter().map(delivery).collect()
}

/// The tries of a delivery with numbers below `before`, newest first.
pub(crate) async fn list_attempts(
    connection: &mut impl Queryable,
    id: WebhookDeliveryId,
    before: u64,
    limit: usize,
) -> Result<Vec<WebhookAttempt>, Error> {
    type Row = (u32, String, Option<u16>, u32, PrimitiveDateTime);
    let rows: Vec<Row> = connection
        .exec(
            "SELECT number, outcome, status_code, duration_ms, attempted_at
             FROM webhook_attempts WHERE webhook_delivery_id = ? AND number < ?
             ORDER BY number DESC LIMIT ?",
            (id.uuid(), before, limit),
        )
        .await?;
    let attempt = |(number, outcome, status_code, duration_ms, attempted_at): Row| {
        let outcome = AttemptOutcome::from_code(&outcome).ok_or_else(|| unreadable(id))?;
        let attempted_at = attempted_at.assume_utc();
        Ok(WebhookAttempt { number, outcome, status_code, duration_ms, attempted_at })
    };
    rows.into_iter().map(attempt).collect()
}

/// It is to be sent now, whatever became of it, and tried as often as a new one.
pub(crate) async fn send_again(tx: &mut Tx, id: WebhookDeliveryId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE webhook_deliveries
         SET state = 'pending', failures = 0, due_at = NOW(6), finished_at = NULL
         WHERE webhook_delivery_id = ?",
        (id.uuid(),),
    )
    .await
}

/// Of the first messages with ids from `from` to `until`: for how many shops they were, at
/// endpoints that are enabled, and how many of those have none of theirs. What an owner tests and
/// what programs are told is not counted.
pub(crate) async fn count_told_shops(
    conn: &mut Conn,
    from: Uuid,
    until: Uuid,
    deliveries_max: u64,
) -> Result<ToldShops, Error> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(delivered = 0), 0) AS UNSIGNED)
         FROM (SELECT e.business_id, SUM(d.state = ?) AS delivered
             FROM (SELECT webhook_endpoint_id, webhook_type, state FROM webhook_deliveries
                     WHERE webhook_delivery_id >= ? AND webhook_delivery_id < ?
                     ORDER BY webhook_delivery_id LIMIT ?) d
                 JOIN webhook_endpoints e USING (webhook_endpoint_id)
             WHERE e.status = ? AND NOT e.is_of_program AND d.webhook_type <> ?
             GROUP BY e.business_id) told";
    let (delivered, enabled) = (DeliveryState::Delivered.code(), EndpointStatus::Enabled.code());
    let row: Option<(u64, u64)> =
        conn.exec_first(sql, (delivered, from, until, deliveries_max, enabled, TEST_TYPE)).await?;
    let (shops, unreached) = row.unwrap_or_default();
    Ok(ToldShops { shops, unreached })
}

/// Forgets some deliveries and tries with ids below `before`; the most that one of the tables lost.
pub(crate) async fn prune(conn: &mut Conn, before: Uuid, rows_max: u64) -> Result<u64, Error> {
    let mut most = 0;
    for table in ["webhook_attempts", "webhook_deliveries"] {
        let sql = format!("DELETE FROM {table} WHERE webhook_delivery_id < ? LIMIT {rows_max}");
        conn.exec_drop(sql, (before,)).await?;
        most = conn.affected_rows().max(most);
    }
    Ok(most)
}

fn delivery(row: Row) -> Result<WebhookDelivery, Error> {
    let (id, endpoint_id, webhook_type, payload, state, attempts, due_at, created_at, finished_at) =
        row;
    let id = WebhookDeliveryId::from_uuid(id);
    Ok(WebhookDelivery {
        id,
        endpoint_id: WebhookEndpointId::from_uuid(endpoint_id),
        webhook_type,
        payload,
        state: DeliveryState::from_code(&state).ok_or_else(|| unreadable(id))?,
        attempts,
        due_at: due_at.assume_utc(),
        created_at: created_at.assume_utc(),
        finished_at: finished_at.map(PrimitiveDateTime::assume_utc),
    })
}
