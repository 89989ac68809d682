//! The SQL of what programs of shops want to be told, and of the keys that sign it.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, bytes_literal};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApiClientId, BusinessId, Money, PaymentRequestId, SigningKeyId, WebhookEndpointId};

use super::unreadable;
use crate::domain::{ProgramRequest, WebhookUrl};

/// A key as it is kept.
pub(crate) struct StoredKey {
    pub(crate) id: SigningKeyId,
    /// None of one that signs nothing any more.
    pub(crate) sealed: Option<Vec<u8>>,
}

/// The key of a credential until its end. One that was deactivated stays so, whatever comes late.
pub(crate) async fn save_key(
    tx: &mut Tx,
    client_id: ApiClientId,
    key: &StoredKey,
    ends_at: OffsetDateTime,
) -> Result<(), Error> {
    // `sealed` is assigned last: the assignment before it still sees whether there was one.
    tx.exec_drop(
        "INSERT INTO program_keys (client_id, signing_key_id, sealed, ends_at) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE ends_at = LEAST(ends_at, VALUES(ends_at)),
             sealed = IF(sealed IS NULL, NULL, VALUES(sealed))",
        (client_id.uuid(), key.id.uuid(), &key.sealed, stored(ends_at)),
    )
    .await
}

/// The key of the credential of this endpoint, without its bytes once it has ended; `None` if it is
/// not known yet.
pub(crate) async fn find_key(
    conn: &mut Conn,
    endpoint_id: WebhookEndpointId,
) -> Result<Option<StoredKey>, Error> {
    let row: Option<(Uuid, Option<Vec<u8>>)> = conn
        .exec_first(
            "SELECT signing_key_id, IF(ends_at > NOW(6), sealed, NULL) FROM program_keys
             WHERE client_id = ?",
            (endpoint_id.uuid(),),
        )
        .await?;
    Ok(row.map(|(id, sealed)| StoredKey { id: SigningKeyId::from_uuid(id), sealed }))
}

/// One that is known already stays as it is.
pub(crate) async fn insert_request(tx: &mut Tx, request: &ProgramRequest) -> Result<(), Error> {
    let values = (
        request.id.uuid(),
        request.client_id.uuid(),
        request.business_id.uuid(),
        request.url.as_str(),
        &request.order_id,
        request.amount.minor_units(),
        stored(request.created_at),
        stored(request.expires_at),
    );
    tx.exec_drop(
        "INSERT INTO program_requests (payment_request_id, client_id, business_id, url, order_id,
             amount, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE payment_request_id = VALUES(payment_request_id)",
        values,
    )
    .await
}

/// Those of these that a program wants to be told of. They are told once and forgotten.
pub(crate) async fn take_requests(
    tx: &mut Tx,
    ids: &[PaymentRequestId],
) -> Result<BTreeMap<PaymentRequestId, ProgramRequest>, Error> {
    type Row =
        (Uuid, Uuid, Uuid, String, Option<String>, i64, PrimitiveDateTime, PrimitiveDateTime);
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = ids.iter().map(|id| bytes_literal(id.uuid().as_bytes())).collect();
    let these = format!("payment_request_id IN ({})", ids.join(", "));
    let rows: Vec<Row> = tx
        .query(format!(
            "SELECT payment_request_id, client_id, business_id, url, order_id, amount, created_at,
                 expires_at
             FROM program_requests WHERE {these}"
        ))
        .await?;
    if !rows.is_empty() {
        tx.query_drop(format!("DELETE FROM program_requests WHERE {these}")).await?;
    }
    let request = |row: Row| {
        let (id, client_id, business_id, url, order_id, amount, created_at, expires_at) = row;
        let id = PaymentRequestId::from_uuid(id);
        let request = ProgramRequest {
            id,
            client_id: ApiClientId::from_uuid(client_id),
            business_id: BusinessId::from_uuid(business_id),
            url: WebhookUrl::stored(&url).ok_or_else(|| unreadable(id))?,
            order_id,
            amount: Money::hkd(amount).map_err(|_| unreadable(id))?,
            created_at: created_at.assume_utc(),
            expires_at: expires_at.assume_utc(),
        };
        Ok((id, request))
    };
    rows.into_iter().map(request).collect()
}

/// Forgets some of what ended before: keys with the endpoints of their credentials, and requests
/// whose end an older version has passed by.
pub(crate) async fn prune(
    conn: &mut Conn,
    before: OffsetDateTime,
    rows_max: u64,
) -> Result<(), Error> {
    let before = stored(before);
    let sql = format!("SELECT client_id FROM program_keys WHERE ends_at < ? LIMIT {rows_max}");
    let ended: Vec<Uuid> = conn.exec(sql, (before,)).await?;
    for client_id in ended {
        for sql in [
            "DELETE FROM webhook_endpoints WHERE webhook_endpoint_id = ? AND is_of_program",
            "DELETE FROM program_keys WHERE client_id = ?",
        ] {
            conn.exec_drop(sql, (client_id,)).await?;
        }
    }
    let sql = format!("DELETE FROM program_requests WHERE expires_at < ? LIMIT {rows_max}");
    conn.exec_drop(sql, (before,)).await
}

fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(at.date(), at.time())
}
