//! What happened to the security of accounts.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{DeviceId, SecurityEventId, UserId};

use crate::domain::{SecurityEvent, SecurityEventType};

/// A line of a person's list.
pub(crate) struct ListedEvent {
    pub(crate) security_event_id: SecurityEventId,
    pub(crate) kind: SecurityEventType,
    pub(crate) device_id: Option<DeviceId>,
    /// As it is called now.
    pub(crate) device_name: Option<String>,
    pub(crate) occurred_at: OffsetDateTime,
}

type ListedRow = (Uuid, String, Option<Uuid>, Option<String>, PrimitiveDateTime);

pub(crate) async fn insert_security_event(tx: &mut Tx, event: SecurityEvent) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO security_events (user_id, security_event_id, kind, device_id)
         VALUES (?, ?, ?, ?)",
        (
            event.user_id.uuid(),
            SecurityEventId::new().uuid(),
            event.kind.code(),
            event.device_id.map(DeviceId::uuid),
        ),
    )
    .await
}

/// The person's, newest first.
pub(crate) async fn list_security_events(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<ListedEvent>, Error> {
    let rows: Vec<ListedRow> = connection
        .exec(
            "SELECT e.security_event_id, e.kind, e.device_id, d.name, e.occurred_at
             FROM security_events e LEFT JOIN devices d ON d.device_id = e.device_id
             WHERE e.user_id = ? AND e.security_event_id < ?
             ORDER BY e.security_event_id DESC LIMIT ?",
            (user_id.uuid(), paging.before_id(), paging.rows()),
        )
        .await?;
    let event = |(id, kind, device_id, device_name, occurred_at): ListedRow| {
        let unreadable = || Error::Other(format!("security event {id} cannot be read").into());
        Ok(ListedEvent {
            security_event_id: SecurityEventId::from_uuid(id),
            kind: SecurityEventType::from_code(&kind).ok_or_else(unreadable)?,
            device_id: device_id.map(DeviceId::from_uuid),
            device_name,
            occurred_at: occurred_at.assume_utc(),
        })
    };
    rows.into_iter().map(event).collect()
}

/// Deletes at most `limit` that are too old to be shown; returns how many.
pub(crate) async fn delete_old_security_events(
    connection: &mut Conn,
    limit: u64,
) -> Result<u64, Error> {
    connection
        .exec_drop(
            "DELETE FROM security_events WHERE occurred_at < NOW(6) - INTERVAL ? DAY LIMIT ?",
            (SecurityEvent::KEPT_DAYS, limit),
        )
        .await?;
    Ok(connection.affected_rows())
}
