//! The SQL of leases: an endpoint is one instance's for a while, with all that waits for it.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{UserId, WebhookDeliveryId, WebhookEndpointId};

use super::unreadable;
use super::webhook_endpoints::NEVER;
use crate::domain::{EndpointStatus, Lane, WebhookUrl};

/// An endpoint that this instance sends to until its lease ends.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) lease_id: Uuid,
    pub(crate) url: WebhookUrl,
    pub(crate) is_of_program: bool,
}

/// What a leased endpoint and a message to it are as it is noted what became of the message.
pub(crate) struct Standing {
    pub(crate) status: EndpointStatus,
    /// How often the message failed since it was made, or last sent again by its owner.
    pub(crate) failures: u32,
    /// Whether the endpoint failed for so long that it is given up.
    pub(crate) has_failed_long: bool,
    pub(crate) is_failing: bool,
    pub(crate) owner: Option<UserId>,
}

/// Endpoints of a lane for which something waits, the longest waiting first.
///
/// Nothing is locked: a scan that locks also locks what it only looks at, and `SKIP LOCKED` would
/// hide that from whoever looks for it at the same moment, with nobody to wake them again.
pub(crate) async fn list_waiting(
    conn: &mut Conn,
    lane: Lane,
    limit: usize,
) -> Result<Vec<WebhookEndpointId>, Error> {
    let ids: Vec<Uuid> = conn
        .exec(
            "SELECT webhook_endpoint_id FROM webhook_endpoints
             WHERE lane = ? AND status = ? AND due_at <= NOW(6) AND leased_until <= NOW(6)
             ORDER BY due_at LIMIT ?",
            (lane.code(), EndpointStatus::Enabled.code(), limit),
        )
        .await?;
    Ok(ids.into_iter().map(WebhookEndpointId::from_uuid).collect())
}

/// Leases an endpoint; `None` if another instance was sooner, or its owner.
pub(crate) async fn lease_endpoint(
    conn: &mut Conn,
    endpoint_id: WebhookEndpointId,
    lease_seconds: u64,
) -> Result<Option<Leased>, Error> {
    let lease_id = Uuid::new_v4();
    conn.exec_drop(
        "UPDATE webhook_endpoints
         SET lease_id = ?, leased_until = NOW(6) + INTERVAL ? SECOND
         WHERE webhook_endpoint_id = ? AND status = ? AND leased_until <= NOW(6)",
        (lease_id, lease_seconds, endpoint_id.uuid(), EndpointStatus::Enabled.code()),
    )
    .await?;
    let row: Option<(String, bool)> = conn
        .exec_first(
            "SELECT url, is_of_program FROM webhook_endpoints
             WHERE webhook_endpoint_id = ? AND lease_id = ?",
            (endpoint_id.uuid(), lease_id),
        )
        .await?;
    let Some((url, is_of_program)) = row else { return Ok(None) };
    let url = WebhookUrl::stored(&url).ok_or_else(|| unreadable(endpoint_id))?;
    Ok(Some(Leased { endpoint_id, lease_id, url, is_of_program }))
}

/// Holds the rows of the endpoint and of a message to it until the transaction ends. `None` if the
/// lease is not ours any more, its owner deleted it, or the message is forgotten.
pub(crate) async fn lock_leased(
    tx: &mut Tx,
    leased: &Leased,
    delivery_id: WebhookDeliveryId,
    failing_hours_max: u32,
) -> Result<Option<Standing>, Error> {
    type Row = (Uuid, String, u32, Option<PrimitiveDateTime>, Option<i64>);
    let standing: Option<Row> = tx
        .exec_first(
            "SELECT e.business_id, e.status, d.failures, e.first_failed_at,
                 e.first_failed_at <= NOW(6) - INTERVAL ? HOUR
             FROM webhook_endpoints e
                 STRAIGHT_JOIN webhook_deliveries d USING (webhook_endpoint_id)
             WHERE e.webhook_endpoint_id = ? AND e.lease_id = ? AND d.webhook_delivery_id = ?
             FOR UPDATE",
            (failing_hours_max, leased.endpoint_id.uuid(), leased.lease_id, delivery_id.uuid()),
        )
        .await?;
    let Some((business_id, status, failures, first_failed_at, has_failed_long)) = standing else {
        return Ok(None);
    };
    let status = EndpointStatus::from_code(&status);
    let owner: Option<Uuid> = tx
        .exec_first("SELECT owner_user_id FROM businesses WHERE business_id = ?", (business_id,))
        .await?;
    Ok(Some(Standing {
        status: status.ok_or_else(|| unreadable(leased.endpoint_id))?,
        failures,
        has_failed_long: has_failed_long == Some(1),
        is_failing: first_failed_at.is_some(),
        owner: owner.map(UserId::from_uuid),
    }))
}

/// Ends the lease, and leaves the endpoint alone for a while, whatever waits for it: then it waits
/// behind all who wait already, however old its messages are, so that those with many of them do
/// not have every turn. Returns whether it can have another turn at once.
pub(crate) async fn release_endpoint(
    tx: &mut Tx,
    leased: &Leased,
    lane: Lane,
    rest_seconds: u64,
) -> Result<bool, Error> {
    let id = leased.endpoint_id.uuid();
    // Locked by a statement of its own: the next one then sees what was committed until now.
    let is_ours: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM webhook_endpoints WHERE webhook_endpoint_id = ? AND lease_id = ?
             FOR UPDATE",
            (id, leased.lease_id),
        )
        .await?;
    if is_ours.is_none() {
        return Ok(false);
    }
    let sql = format!(
        "UPDATE webhook_endpoints
         SET lease_id = NULL, leased_until = NOW(6) + INTERVAL ? SECOND, lane = ?,
             due_at = GREATEST(leased_until, COALESCE((SELECT MIN(due_at) FROM webhook_deliveries
                 WHERE webhook_endpoint_id = ? AND state = 'pending'), '{NEVER}'))
         WHERE webhook_endpoint_id = ?"
    );
    tx.exec_drop(sql, (rest_seconds, lane.code(), id, id)).await?;
    let is_due: Option<i64> = tx
        .exec_first(
            "SELECT due_at <= NOW(6) AND leased_until <= NOW(6) FROM webhook_endpoints
             WHERE webhook_endpoint_id = ?",
            (id,),
        )
        .await?;
    Ok(is_due == Some(1))
}
