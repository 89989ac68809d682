//! Which owners are to be reminded of the end of a credential, and were.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, params};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApiClientId, BusinessId, UserId};

use super::stored;

/// A credential that ends soon.
pub(crate) struct Expiring {
    pub(crate) client_id: ApiClientId,
    pub(crate) business_id: BusinessId,
    pub(crate) owner_user_id: UserId,
    pub(crate) name: String,
    pub(crate) expires_at: OffsetDateTime,
}

/// Those of whose end, in so few days, the owner has not been told; who waits longest first.
pub(crate) async fn list_to_remind(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<Expiring>, Error> {
    let sql = "SELECT client_id, business_id, owner_user_id, name, expires_at
        FROM api_credentials JOIN shops USING (business_id)
        WHERE remind_at <= :now AND expires_at > :now ORDER BY remind_at LIMIT :limit";
    let expiring = |(client_id, business_id, owner, name, expires_at): (
        Uuid,
        Uuid,
        Uuid,
        String,
        PrimitiveDateTime,
    )| Expiring {
        client_id: ApiClientId::from_uuid(client_id),
        business_id: BusinessId::from_uuid(business_id),
        owner_user_id: UserId::from_uuid(owner),
        name,
        expires_at: expires_at.assume_utc(),
    };
    let due = params! {"now" => stored(now), "limit" => limit};
    connection.exec_map(sql, due, expiring).await
}

/// False if that was done before, or the credential has ended.
pub(crate) async fn note_reminder(
    tx: &mut Tx,
    client_id: ApiClientId,
    days: u32,
) -> Result<bool, Error> {
    let sql = "UPDATE api_credentials SET reminded_days = ?
        WHERE client_id = ? AND deactivated_at IS NULL
          AND (reminded_days IS NULL OR reminded_days > ?)";
    tx.exec_drop(sql, (days, client_id.uuid(), days)).await?;
    Ok(tx.affected_rows() > 0)
}
