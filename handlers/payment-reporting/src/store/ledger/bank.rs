//! What went to and came from the bank by the rows of the ledger.

use std::collections::HashMap;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, bytes_literal};
use time::{Date, PrimitiveDateTime};
use uuid::Uuid;
use values::hong_kong_day;

use super::movements::{Between, find_balance, find_change_since};
use crate::domain::BankMovement;

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

/// Of these operations those whose money moved to or from the bank after a day: how much, and on
/// which day.
pub(crate) async fn find_moved_after(
    tx: &mut Tx,
    day: Date,
    operation_ids: &[Uuid],
) -> Result<HashMap<Uuid, (i64, Date)>, Error> {
    let mut moved = HashMap::new();
    for ids in operation_ids.chunks(LOOKED_UP_MAX) {
        let literals = ids.iter().map(|id| bytes_literal(id.as_bytes())).collect::<Vec<_>>();
        let bank = bytes_literal(BANK_CLEARING.as_bytes());
        let sql = format!(
            "SELECT operation_id, IF(from_account_id = {bank}, moved, -moved), ended_at
             FROM operations WHERE operation_id IN ({}) AND moved > 0 AND ended_at IS NOT NULL
                 AND {bank} IN (from_account_id, to_account_id)",
            literals.join(", ")
        );
        let rows: Vec<(Uuid, i64, PrimitiveDateTime)> = tx.query(sql).await?;
        let on = |ended_at: PrimitiveDateTime| hong_kong_day(ended_at.assume_utc());
        let rows = rows.into_iter().map(|(id, amount, ended_at)| (id, (amount, on(ended_at))));
        moved.extend(rows.filter(|(_, (_, on))| *on > day));
    }
    Ok(moved)
}
