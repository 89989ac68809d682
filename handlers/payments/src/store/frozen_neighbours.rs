//! Which wallets have moved money with frozen ones. It is found when a wallet is frozen, which is
//! seldom, so that a payment reads one short index and no history.

use mysql_async::Error;
use mysql_async::params;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;

use super::sql;
use crate::domain::{AccountKind, AccountStatus, Cut, NEIGHBOUR_FOR};

/// So many movements of one direction, and parcels, are looked at: the newest.
const LOOKED_AT_MAX: u32 = 1_000;

/// Writes with whom a frozen wallet has moved money: people whom it paid or was paid by, and of
/// links and red packets those who gave and those who took.
pub(crate) async fn save_neighbours(
    tx: &mut Tx,
    frozen: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let side = |index, mine, other| {
        format!(
            "(SELECT {other} AS other_id, subject_id, code, created_at
             FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :frozen AND transfer_id >= :since AND phase IN ('posted', 'settled')
             ORDER BY transfer_id DESC LIMIT {LOOKED_AT_MAX})"
        )
    };
    let paid = side("by_debit_account", "debit_account_id", "credit_account_id");
    let paid_by = side("by_credit_account", "credit_account_id", "debit_account_id");
    tx.exec_drop(
        format!(
            "INSERT INTO frozen_neighbours (account_id, frozen_id, moved_at)
             SELECT account_id, :frozen, MAX(moved_at) FROM (
                 SELECT COALESCE(claimer_id, other_id) AS account_id,
                     COALESCE(claimed_at, paid.created_at) AS moved_at
                 FROM {paid} AS paid LEFT JOIN parcel_shares ON parcel_id = subject_id
                 UNION ALL
                 SELECT COALESCE(sender_id, other_id), paid_by.created_at
                 FROM {paid_by} AS paid_by
                 LEFT JOIN operations ON code = 'claim' AND operation_id = subject_id
                 LEFT JOIN parcels ON parcels.parcel_id = operations.parent_id
             ) AS moved JOIN accounts USING (account_id)
             WHERE kind = :wallet AND account_id <> :frozen
             GROUP BY account_id
             ON DUPLICATE KEY UPDATE moved_at = VALUES(moved_at)"
        ),
        params! {
            "frozen" => frozen,
            "since" => Cut::at(now.saturating_sub(NEIGHBOUR_FOR)).uuid(),
            "wallet" => AccountKind::Wallet.code(),
        },
    )
    .await
}

/// With how many wallets that are frozen now each of these has moved money lately. No lock, as of
/// `seen_risks`.
pub(super) fn select(ids: &str, now: OffsetDateTime) -> String {
    let since = sql::time(now.saturating_sub(NEIGHBOUR_FOR));
    let frozen = [AccountStatus::Frozen, AccountStatus::OutgoingFrozen];
    let frozen = frozen.map(|status| sql::text(status.code())).join(", ");
    format!(
        "SELECT neighbours.account_id, COUNT(*) FROM frozen_neighbours AS neighbours
         JOIN accounts ON accounts.account_id = frozen_id
         WHERE neighbours.account_id IN ({ids}) AND moved_at > {since} AND status IN ({frozen})
         GROUP BY neighbours.account_id"
    )
}
