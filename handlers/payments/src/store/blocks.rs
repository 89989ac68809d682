//! Who wants nothing to do with whom, and who is therefore away.

use std::collections::BTreeSet;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

use super::sql;
use crate::domain::{AccountKind, AccountStatus};

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

/// Of these pairs, who turns to whom, those of whom the latter blocks the former, or has no wallet,
/// or has closed it: nobody learns which, not even a decision.
pub(super) fn select_away(pairs: &BTreeSet<(Uuid, Uuid)>) -> String {
    let (pairs, wallet) = (sql::pairs(pairs), sql::text(AccountKind::Wallet.code()));
    let closed = sql::text(AccountStatus::Closed.code());
    format!(
        "SELECT one, other FROM {pairs}
         WHERE EXISTS (SELECT 1 FROM blocks
                 WHERE blocker_id = other AND blocked_id = one AND is_blocked)
             OR NOT EXISTS (SELECT 1 FROM accounts
                 WHERE account_id = other AND kind = {wallet} AND status <> {closed})"
    )
}

/// Whether the other is nobody to the caller.
pub(crate) async fn is_away(
    connection: &mut impl Queryable,
    caller: UserId,
    other: UserId,
) -> Result<bool, Error> {
    let pair = BTreeSet::from([(caller.uuid(), other.uuid())]);
    let away: Option<(Uuid, Uuid)> = connection.query_first(select_away(&pair)).await?;
    Ok(away.is_some())
}
