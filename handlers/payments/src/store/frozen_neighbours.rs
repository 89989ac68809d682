//! Which wallets have given to frozen ones, or got more than dust from them. It is found when a
//! wallet is frozen, which is seldom, so that a payment reads one short index and no history.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, params};
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{KindSide, OperationKind};

use super::{sql, stored};
use crate::domain::{AccountKind, AccountStatus, Cut, NEIGHBOUR_FOR, NEIGHBOUR_GOT_MIN};

/// So many movements between people of one direction, and shares of parcels, are looked at: the
/// newest. Limits let nobody give so often in a month.
const LOOKED_AT_MAX: u32 = 10_000;
/// So many are written down: those who moved money with it last.
const NEIGHBOURS_MAX: u32 = 1_000;

/// Goes with the freeze, so that a crash right after it leaves this to be done.
pub(crate) async fn note_to_find(tx: &mut Tx, frozen: Uuid) -> Result<(), Error> {
    tx.exec_drop("INSERT IGNORE INTO frozen_neighbours_to_find VALUES (?)", (frozen,)).await
}

pub(crate) async fn list_to_find(
    connection: &mut impl Queryable,
    limit: u32,
) -> Result<Vec<Uuid>, Error> {
    connection.exec("SELECT frozen_id FROM frozen_neighbours_to_find LIMIT ?", (limit,)).await
}

/// Writes down who gave to a frozen wallet and who got [`NEIGHBOUR_GOT_MIN`] from it: people, by
/// payments, links and red packets. Nothing if that was done since it was frozen.
pub(crate) async fn save_neighbours(
    tx: &mut Tx,
    frozen: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // Its lock lets one do it at a time.
    tx.exec_drop("DELETE FROM frozen_neighbours_to_find WHERE frozen_id = ?", (frozen,)).await?;
    if tx.affected_rows() == 0 {
        return Ok(());
    }
    let side = |index, mine, other, from, to| {
        let kinds = OperationKind::between(from, to)
            .chain(OperationKind::between(KindSide::Person, KindSide::Person));
        let kinds = kinds.map(|kind| sql::text(kind.code())).collect::<Vec<_>>().join(", ");
        format!(
            "(SELECT {other} AS other_id, transfer_id, subject_id, code, amount, created_at
             FROM transfers FORCE INDEX ({index})
             WHERE {mine} = :frozen AND transfer_id >= :since AND phase IN ('posted', 'settled')
                 AND code IN ({kinds})
             ORDER BY transfer_id DESC LIMIT {LOOKED_AT_MAX})"
        )
    };
    let (person, escrow) = (KindSide::Person, KindSide::Escrow);
    let (debit, credit) = ("debit_account_id", "credit_account_id");
    let paid = side("by_debit_account", debit, credit, person, escrow);
    let paid_by = side("by_credit_account", credit, debit, escrow, person);
    tx.exec_drop(
        format!(
            "INSERT INTO frozen_neighbours (account_id, frozen_id, moved_at)
             SELECT account_id, :frozen, MAX(moved_at) FROM (
                 (SELECT COALESCE(claimer_id, other_id) AS account_id, 0 AS gave,
                     COALESCE(share_amount, amount) AS got,
                     COALESCE(claimed_at, paid.created_at) AS moved_at
                 FROM {paid} AS paid LEFT JOIN parcel_shares
                     ON parcel_id = subject_id AND claimer_id IS NOT NULL
                 ORDER BY transfer_id DESC LIMIT {LOOKED_AT_MAX})
                 UNION ALL
                 SELECT COALESCE(sender_id, other_id), paid_by.amount, 0, paid_by.created_at
                 FROM {paid_by} AS paid_by
                 LEFT JOIN operations ON code = 'claim' AND operation_id = subject_id
                 LEFT JOIN parcels ON parcels.parcel_id = operations.parent_id
             ) AS moved JOIN accounts USING (account_id)
             WHERE kind = :wallet AND account_id <> :frozen
             GROUP BY account_id HAVING SUM(gave) > 0 OR SUM(got) >= :got_min
             ORDER BY MAX(moved_at) DESC LIMIT {NEIGHBOURS_MAX}
             ON DUPLICATE KEY UPDATE moved_at = VALUES(moved_at)"
        ),
        params! {
            "frozen" => frozen,
            "since" => Cut::at(now.saturating_sub(NEIGHBOUR_FOR)).uuid(),
            "wallet" => AccountKind::Wallet.code(),
            "got_min" => NEIGHBOUR_GOT_MIN,
        },
    )
    .await
}

/// Those that count no more.
pub(crate) async fn delete_old(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<(), Error> {
    let until = stored(now.saturating_sub(NEIGHBOUR_FOR));
    let sql = "DELETE FROM frozen_neighbours WHERE moved_at <= ? ORDER BY moved_at LIMIT ?";
    connection.exec_drop(sql, (until, limit)).await
}

/// How many wallets that are frozen now each of these is a neighbour of. No lock, as of
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
