//! Who wants nothing to do with whom, and who is therefore away.

use std::collections::BTreeSet;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

use super::sql;
use crate::domain::AccountStatus;

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_block(
    tx: &mut Tx,
    blocker: UserId,
    blocked: UserId,
    is_blocked: bool,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO blocks (blocker_id, blocked_id, is_blocked, version) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             is_blocked = IF(VALUES(version) > version, VALUES(is_blocked), is_blocked),
             version = GREATEST(version, VALUES(version))",
        (blocker.uuid(), blocked.uuid(), is_blocked, version),
    )
    .await
}

/// Of these pairs, who turns to whom, those of whom the latter blocks the former or has closed
/// their wallet: nobody learns which, not even a decision.
pub(super) fn select_away(pairs: &BTreeSet<(Uuid, Uuid)>) -> String {
    let pair = |(caller, other): &(Uuid, Uuid)| {
        format!("SELECT {} AS caller, {} AS other", sql::id(*caller), sql::id(*other))
    };
    let pairs = pairs.iter().map(pair).collect::<Vec<_>>().join(" UNION ALL ");
    let closed = sql::text(AccountStatus::Closed.code());
    format!(
        "SELECT caller, other FROM ({pairs}) AS pairs
         WHERE EXISTS (SELECT 1 FROM blocks
                 WHERE blocker_id = other AND blocked_id = caller AND is_blocked)
             OR EXISTS (SELECT 1 FROM accounts WHERE account_id = other AND status = {closed})"
    )
}

/// Those of these people to whom the caller is nobody.
pub(crate) async fn list_away(
    connection: &mut impl Queryable,
    caller: UserId,
    others: &BTreeSet<Uuid>,
) -> Result<BTreeSet<Uuid>, Error> {
    if others.is_empty() {
        return Ok(BTreeSet::new());
    }
    let pairs = others.iter().map(|other| (caller.uuid(), *other)).collect();
    let rows: Vec<(Uuid, Uuid)> = connection.query(select_away(&pairs)).await?;
    Ok(rows.into_iter().map(|(_, other)| other).collect())
}
