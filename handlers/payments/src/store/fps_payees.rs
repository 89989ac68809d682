//! Whom people have looked up in the Faster Payment System.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Duration, PrimitiveDateTime};
use uuid::Uuid;
use values::{FpsPayeeId, FpsProxy, FpsProxyType, UserId};

use super::{sql, unreadable};
use crate::domain::FpsPayee;

/// As long as the keys of payments may be, by which a repeat is answered.
const KEPT_FOR: Duration = Duration::days(62);
/// Of those that are no longer needed, whosever they are, each new one takes so many along.
const FORGOTTEN_AT_ONCE: u32 = 10;

type PayeeRow = (Uuid, String, Vec<u8>, String, Option<String>, PrimitiveDateTime);

/// Keeps a payee, and forgets some that are no longer needed.
pub(crate) async fn insert_fps_payee(tx: &mut Tx, payee: &FpsPayee) -> Result<(), Error> {
    let old = sql::time(payee.created_at.saturating_sub(KEPT_FOR));
    tx.query_drop(format!(
        "DELETE FROM fps_payees WHERE created_at < {old} ORDER BY created_at
         LIMIT {FORGOTTEN_AT_ONCE}"
    ))
    .await?;
    // Not as text, which the server's log of slow statements would show to everybody.
    let [proxy, name] =
        [payee.proxy.as_str(), payee.name.as_str()].map(|text| sql::binary(text.as_bytes()));
    let [id, user_id] = [payee.id.uuid(), payee.user_id.uuid()].map(sql::id);
    let quoted = payee.quoted.as_ref().map_or("NULL".to_owned(), |text| sql::text(text.as_str()));
    let proxy_type = sql::text(payee.proxy.proxy_type().code());
    let created_at = sql::time(payee.created_at);
    tx.query_drop(format!(
        "INSERT INTO fps_payees
             (fps_payee_id, user_id, proxy_type, proxy, name, quoted, created_at)
         VALUES ({id}, {user_id}, {proxy_type}, {proxy}, CONVERT({name} USING utf8mb4), {quoted},
             {created_at})"
    ))
    .await
}

/// The payee, if this person has looked them up.
pub(crate) async fn find_fps_payee_of(
    connection: &mut impl Queryable,
    id: FpsPayeeId,
    user_id: UserId,
) -> Result<Option<FpsPayee>, Error> {
    let sql = "SELECT fps_payee_id, proxy_type, proxy, name, quoted, created_at FROM fps_payees
        WHERE fps_payee_id = ? AND user_id = ?";
    let row: Option<PayeeRow> = connection.exec_first(sql, (id.uuid(), user_id.uuid())).await?;
    row.map(|(id, proxy_type, proxy, name, quoted, created_at)| {
        let corrupt = || unreadable("whom a person has looked up");
        Ok(FpsPayee {
            id: FpsPayeeId::from_uuid(id),
            user_id,
            proxy: read_proxy(&proxy_type, &proxy)?,
            name: name.try_into().map_err(|_| corrupt())?,
            quoted: quoted.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
            created_at: created_at.assume_utc(),
        })
    })
    .transpose()
}

/// A proxy as it is stored.
pub(super) fn read_proxy(proxy_type: &str, proxy: &[u8]) -> Result<FpsProxy, Error> {
    let proxy_type = FpsProxyType::from_code(proxy_type);
    let proxy = std::str::from_utf8(proxy).ok();
    let read = proxy_type.zip(proxy).and_then(|(kind, text)| FpsProxy::new(kind, text).ok());
    read.ok_or_else(|| unreadable("a proxy of FPS"))
}
