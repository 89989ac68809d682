//! Whose wallets are known to be closed.

use std::collections::HashSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params, Value};
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

/// Those of these people whose logins have ended by it.
pub(crate) async fn list_closed_wallets(
    connection: &mut Conn,
    of: &[UserId],
) -> Result<HashSet<UserId>, Error> {
    if of.is_empty() {
        return Ok(HashSet::new());
    }
    let places = vec!["?"; of.len()].join(", ");
    let sql = format!("SELECT user_id FROM closed_wallets WHERE user_id IN ({places})");
    let ids: Vec<Value> = of.iter().map(|user_id| user_id.uuid().into()).collect();
    let rows: Vec<Uuid> = connection.exec(sql, Params::Positional(ids)).await?;
    Ok(rows.into_iter().map(UserId::from_uuid).collect())
}

/// False if it was known.
pub(crate) async fn insert_closed_wallet(tx: &mut Tx, user_id: UserId) -> Result<bool, Error> {
    let sql = "INSERT IGNORE INTO closed_wallets (user_id) VALUES (?)";
    Ok(tx.exec_iter(sql, (user_id.uuid(),)).await?.affected_rows() > 0)
}
