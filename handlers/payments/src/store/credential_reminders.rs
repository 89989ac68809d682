//! Which owners are to be reminded of the end of a credential, and were.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApiClientId, BusinessId, UserId};

use super::{sql, stored};
use crate::domain::ApiCredential;

/// A credential that ends soon.
pub(crate) struct Expiring {
    pub(crate) client_id: ApiClientId,
    pub(crate) business_id: BusinessId,
    pub(crate) owner_user_id: UserId,
    pub(crate) name: String,
    pub(crate) expires_at: OffsetDateTime,
}

/// Those of whose end, in so few days, the owner has not been told; the nearest first.
pub(crate) async fn list_to_remind(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<Expiring>, Error> {
    let is_due = |days: &u32| {
        let until = sql::time(now.saturating_add(Duration::days((*days).into())));
        format!("expires_at <= {until} AND (reminded_days IS NULL OR reminded_days > {days})")
    };
    let is_due = ApiCredential::REMINDED_AT.iter().map(is_due).collect::<Vec<_>>().join(" OR ");
    let sql = format!(
        "SELECT client_id, business_id, owner_user_id, name, expires_at
         FROM api_credentials JOIN shops USING (business_id)
         WHERE deactivated_at IS NULL AND expires_at > ? AND ({is_due})
         ORDER BY expires_at LIMIT ?"
    );
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
    connection.exec_map(sql, (stored(now), limit), expiring).await
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
