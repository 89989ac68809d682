//! What went to and came from the bank by the rows of the ledger.

use std::collections::HashMap;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, bytes_literal};
use time::{Date, PrimitiveDateTime};
use uuid::Uuid;
use values::{hong_kong_day, hong_kong_midnight};

use super::movements::{Between, find_balance, find_change_since};
use super::taken::ID_AWAY_MAX;
use super::{first_id_of, moment_of};
use crate::domain::BankMovement;
use crate::store::stored;

/// Payments' account that stands for the bank: it owes what the bank holds.
const BANK_CLEARING: Uuid = Uuid::from_u128(1);
/// How many operations are looked up at once.
const LOOKED_UP_MAX: usize = 1_000;

/// What moved in a range, at most so much of it.
pub(crate) async fn list_bank_movements(
    tx: &mut Tx,
    Between(from, before): Between,
    rows: usize,
) -> Result<Vec<BankMovement>, Error> {
    let part = |index: &str, mine: &str, amount: &str| {
        format!(
            "(SELECT subject_id, code, {amount} FROM transfers FORCE INDEX ({index})
             WHERE {mine} = ? AND transfer_id >= ? AND transfer_id < ?
                 AND phase IN ('posted', 'settled') LIMIT ?)"
        )
    };
    let came = part("by_debit_account", "debit_account_id", "amount");
    let left = part("by_credit_account", "credit_account_id", "-amount");
    let range = (BANK_CLEARING, from, before, rows, BANK_CLEARING, from, before, rows);
    let movement = |(operation_id, kind, amount)| BankMovement { operation_id, kind, amount };
    tx.exec_map(format!("{came} UNION ALL {left}"), range, movement).await
}

/// What the bank should have held before an id, in cents: what the account holds less what has
/// moved since.
pub(crate) async fn find_bank_balance(tx: &mut Tx, before: Uuid) -> Result<i64, Error> {
    let holds = find_balance(tx, BANK_CLEARING).await?.unwrap_or_default();
    let since = find_change_since(tx, BANK_CLEARING, before).await?;
    Ok(holds.saturating_sub(since).saturating_neg())
}

/// What of these operations moved to or from the bank after a day, and on which: by the ids of the
/// transfers, as days are compared, of which an operation's end is only near.
pub(crate) async fn find_moved_after(
    tx: &mut Tx,
    day: Date,
    operation_ids: &[Uuid],
) -> Result<HashMap<(Uuid, i64), Date>, Error> {
    let mut moved = HashMap::new();
    let Some(next) = day.next_day().map(hong_kong_midnight) else { return Ok(moved) };
    let bank = bytes_literal(BANK_CLEARING.as_bytes());
    for ids in operation_ids.chunks(LOOKED_UP_MAX) {
        let ids = ids.iter().map(|id| bytes_literal(id.as_bytes())).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT operation_id, MAX(ended_at) FROM operations WHERE operation_id IN ({ids})
                 AND moved > 0 AND ended_at >= ? AND {bank} IN (from_account_id, to_account_id)
             GROUP BY operation_id"
        );
        let since = stored(next.saturating_sub(ID_AWAY_MAX));
        let ended: Vec<(Uuid, PrimitiveDateTime)> = tx.exec(sql, (since,)).await?;
        let Some(last) = ended.iter().map(|(_, ended_at)| ended_at.assume_utc()).max() else {
            continue;
        };
        let before = first_id_of(last.saturating_add(ID_AWAY_MAX));
        let part = |index: &str, mine: &str, amount: &str| {
            format!(
                "(SELECT subject_id, {amount}, transfer_id FROM transfers FORCE INDEX ({index})
                 WHERE {mine} = {bank} AND transfer_id >= ? AND transfer_id < ?
                     AND phase IN ('posted', 'settled') AND subject_id IN ({ids}))"
            )
        };
        let came = part("by_debit_account", "debit_account_id", "amount");
        let left = part("by_credit_account", "credit_account_id", "-amount");
        let range = (first_id_of(next), before, first_id_of(next), before);
        let rows: Vec<(Uuid, i64, Uuid)> =
            tx.exec(format!("{came} UNION ALL {left}"), range).await?;
        let on = |(id, amount, transfer)| ((id, amount), hong_kong_day(moment_of(transfer)));
        moved.extend(rows.into_iter().map(on));
    }
    Ok(moved)
}
