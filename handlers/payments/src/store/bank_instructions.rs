//! What the bank is told, and what it has said. Whoever sends or asks has claimed the row first: it
//! is due again only after a wait, whatever becomes of them.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{money, sql, stored, unreadable};
use crate::domain::{
    BankInstruction, BankReason, BankReport, BankStatus, InstructionKind, bank_wait_after,
};

/// Keeps what the bank is to be told of new operations. Whoever began them tells it at once; it is
/// due when that may have failed.
pub(super) fn insert(instructions: &[(Uuid, InstructionKind)], now: OffsetDateTime) -> String {
    let next_at = sql::time(now.saturating_add(bank_wait_after(0)));
    let rows = instructions
        .iter()
        .map(|(id, kind)| format!("{}, {}, {next_at}", sql::id(*id), sql::text(kind.code())));
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO bank_instructions (operation_id, kind, next_at) VALUES {rows}")
}

/// Which rows to claim.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// That of an operation, whether or not it is due; after whoever is claiming it.
    Operation(Uuid),
    /// Those that are due, the first of them.
    Due { limit: u32 },
}

type ClaimedRow = (Uuid, String, u16, Option<PrimitiveDateTime>);

/// What claiming must know of an operation.
struct Told {
    amount: i64,
    created_at: PrimitiveDateTime,
    is_pending: bool,
    /// One of its two accounts.
    is_frozen: bool,
}

/// Claims the instruction of an operation that was begun just now, when nobody was frozen; false if
/// somebody else was faster.
pub(crate) async fn claim_new(
    conn: &mut Conn,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let next_at = stored(now.saturating_add(bank_wait_after(1)));
    conn.exec_drop(
        "UPDATE bank_instructions SET sent_at = ?, asked_count = 1, next_at = ?
         WHERE operation_id = ? AND sent_at IS NULL AND next_at IS NOT NULL",
        (stored(now), next_at, id),
    )
    .await?;
    Ok(conn.affected_rows() > 0)
}

/// Claims instructions that have no end yet. One that was never
/// sent is sent only while its operation is pending and nobody is frozen: the operation's lock
/// keeps an operator from ending it in between. Returns those to send or to ask for.
pub(crate) async fn claim(
    tx: &mut Tx,
    wanted: Wanted,
    now: OffsetDateTime,
) -> Result<Vec<BankInstruction>, Error> {
    const SELECT: &str = "SELECT operation_id, kind, asked_count, sent_at FROM bank_instructions";
    let claimed: Vec<ClaimedRow> = match wanted {
        Wanted::Operation(id) => {
            let sql = format!("{SELECT} WHERE operation_id = ? AND next_at IS NOT NULL FOR UPDATE");
            tx.exec(sql, (id,)).await?
        }
        Wanted::Due { limit } => {
            let sql = format!(
                "{SELECT} WHERE next_at <= ? ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED"
            );
            tx.exec(sql, (stored(now), limit)).await?
        }
    };
    if claimed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = claimed.iter().map(|(id, ..)| *id).collect();
    let operations = lock_operations(tx, &ids).await?;
    let mut instructions = Vec::new();
    for (id, kind, asked_count, sent_at) in claimed {
        let operation = operations.get(&id);
        // What was never sent and has ended, or has left with its month, is not sent any more.
        let is_over = sent_at.is_none() && operation.is_none_or(|operation| !operation.is_pending);
        let is_sent = sent_at.is_some() || operation.is_some_and(|operation| !operation.is_frozen);
        let next_at = now.saturating_add(bank_wait_after(asked_count));
        tx.exec_drop(
            "UPDATE bank_instructions SET next_at = ?, asked_count = LEAST(asked_count + 1, 1000),
                 sent_at = IF(?, COALESCE(sent_at, ?), NULL)
             WHERE operation_id = ?",
            ((!is_over).then_some(stored(next_at)), is_sent && !is_over, stored(now), id),
        )
        .await?;
        let kind = InstructionKind::from_code(&kind);
        let amount = operation.and_then(|operation| money(operation.amount).ok());
        match (operation, kind, amount) {
            _ if is_over || !is_sent => {}
            (Some(operation), Some(kind), Some(amount)) => instructions.push(BankInstruction {
                end_to_end_id: id,
                kind,
                amount,
                created_at: operation.created_at.assume_utc(),
            }),
            _ => tracing::error!(%id, "what the bank was told cannot be read"),
        }
    }
    Ok(instructions)
}

async fn lock_operations(tx: &mut Tx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Told>, Error> {
    let sql = format!(
        "SELECT operation_id, amount, created_at, state = 'pending', EXISTS
             (SELECT 1 FROM accounts
             WHERE account_id IN (from_account_id, to_account_id) AND status = 'frozen')
         FROM operations WHERE operation_id IN ({})
         ORDER BY operation_id FOR UPDATE",
        sql::ids(ids)
    );
    let told = |(id, amount, created_at, is_pending, is_frozen)| {
        (id, Told { amount, created_at, is_pending, is_frozen })
    };
    Ok(tx.query_map(sql, told).await?.into_iter().collect())
}

/// Keeps what the bank has said. What it has said for good stays; after that, nobody asks again.
pub(crate) async fn save_report(
    connection: &mut impl Queryable,
    id: Uuid,
    report: BankReport,
) -> Result<(), Error> {
    let is_for_good = report.has_moved().is_some();
    connection
        .exec_drop(
            "UPDATE bank_instructions SET status = ?, reason = ?, next_at = IF(?, NULL, next_at)
             WHERE operation_id = ? AND next_at IS NOT NULL",
            (report.status.code(), report.reason.map(BankReason::code), is_for_good, id),
        )
        .await
}

/// What the bank has said of an operation; `None` while it has said nothing, or was not told.
pub(crate) async fn find_report(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<BankReport>, Error> {
    let sql = "SELECT status, reason FROM bank_instructions
        WHERE operation_id = ? AND status IS NOT NULL";
    let found: Option<(String, Option<String>)> = connection.exec_first(sql, (id,)).await?;
    let corrupt = || unreadable("what the bank has said");
    let report = |(status, reason): (String, Option<String>)| {
        let status = BankStatus::from_code(&status).ok_or_else(corrupt)?;
        let reason = reason.map(|code| BankReason::from_code(&code).ok_or_else(corrupt));
        Ok(BankReport { status, reason: reason.transpose()? })
    };
    found.map(report).transpose()
}
