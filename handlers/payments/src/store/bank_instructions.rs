//! What the bank is told, and what it has said. Whoever sends or asks has claimed the row first: it
//! is due again only after a wait, whatever becomes of them.

use std::collections::{BTreeMap, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{money, sql, stored, unreadable};
use crate::domain::{
    BankInstruction, BankReason, BankReport, BankStatus, InstructionKind, NextStep, Told, Untold,
    bank_wait_after, next_step,
};

/// Keeps what the bank is to be told of new operations. Whoever began them tells it at once; it is
/// due when that may have failed.
pub(super) fn insert(instructions: &[(Uuid, InstructionKind)], now: OffsetDateTime) -> String {
    let times = [now, now.saturating_add(bank_wait_after(0))].map(sql::time).join(", ");
    let rows = instructions
        .iter()
        .map(|(id, kind)| format!("{}, {}, {times}", sql::id(*id), sql::text(kind.code())));
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO bank_instructions (operation_id, kind, given_at, next_at) VALUES {rows}")
}

/// Of which operations the bank is not told any more, unless it was.
pub(super) fn withhold(operations: &[Uuid]) -> String {
    if operations.is_empty() {
        return String::new();
    }
    format!(
        "UPDATE bank_instructions SET next_at = NULL
         WHERE operation_id IN ({}) AND sent_at IS NULL",
        sql::ids(operations)
    )
}

/// Not locked: whoever sends holds the operation's lock, and so does whoever asks here.
pub(super) fn select_told(ids: &str) -> String {
    format!(
        "SELECT operation_id, sent_at IS NOT NULL, status FROM bank_instructions
         WHERE operation_id IN ({ids})"
    )
}

pub(super) fn read_told(
    rows: Vec<(Uuid, bool, Option<String>)>,
) -> Result<HashMap<Uuid, Told>, Error> {
    let told = |(id, is_sent, status): (Uuid, bool, Option<String>)| {
        let status = status.map(|code| {
            BankStatus::from_code(&code).ok_or_else(|| unreadable("what the bank has said"))
        });
        Ok((id, Told { is_sent, status: status.transpose()? }))
    };
    rows.into_iter().map(told).collect()
}

/// Which rows to claim.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// That of an operation that was begun just now, unless it was sent.
    New(Uuid),
    /// That of an operation, if it was sent, whether or not it is due; after whoever is claiming
    /// it.
    Sent(Uuid),
    /// Those that are due, the first of them.
    Due { limit: u32 },
}

/// What whoever has claimed an instruction does now.
#[derive(Debug)]
pub(crate) enum Step {
    /// Tells or asks the bank.
    Tell(BankInstruction),
    /// Ends its operation, of which the bank is never told.
    LetGo(BankInstruction),
}

/// What was claimed.
#[derive(Debug, Default)]
pub(crate) struct Claimed {
    pub(crate) steps: Vec<Step>,
    /// All that were due, those of which nothing is to be done now included.
    pub(crate) count: usize,
}

/// The operation, how the bank moves its money, when the bank was to be told, how often it was
/// asked, and whether it was sent.
type ClaimedRow = (Uuid, String, Option<PrimitiveDateTime>, u16, bool);

/// What claiming must know of an operation.
struct Begun {
    amount: i64,
    created_at: PrimitiveDateTime,
    is_pending: bool,
    is_stopped: bool,
}

impl Begun {
    const fn untold(&self, given_at: OffsetDateTime) -> Untold {
        match (self.is_pending, self.is_stopped) {
            (false, _) => Untold::Ended,
            (true, true) => Untold::Stopped,
            (true, false) => Untold::Pending { given_at },
        }
    }

    /// Older programs, which held nothing that the bank is to be told of, did not write it.
    fn given_at(&self, given_at: Option<PrimitiveDateTime>) -> OffsetDateTime {
        given_at.unwrap_or(self.created_at).assume_utc()
    }
}

/// Claims instructions that have no end yet. One that was never sent is sent only while its
/// operation is young and pending and neither account is stopped: the operation's lock keeps
/// everybody from ending it in between. For that lock nobody waits, since whoever has it may wait
/// for this row.
pub(crate) async fn claim(
    tx: &mut Tx,
    wanted: Wanted,
    now: OffsetDateTime,
) -> Result<Claimed, Error> {
    let rows = lock_instructions(tx, wanted, now).await?;
    let mut claimed = Claimed { count: rows.len(), ..Claimed::default() };
    let (sent, untold): (Vec<_>, Vec<_>) = rows.iter().partition(|(.., is_sent)| *is_sent);
    let ids = |rows: &[&ClaimedRow]| rows.iter().map(|row| row.0).collect::<Vec<Uuid>>();
    let mut operations = find_operations(tx, &ids(&untold), "FOR UPDATE SKIP LOCKED").await?;
    let mut missing = ids(&untold);
    missing.retain(|id| !operations.contains_key(id));
    // Those that somebody has locked, and those that have left with their month.
    let busy = find_operations(tx, &missing, "").await?;
    operations.extend(find_operations(tx, &ids(&sent), "").await?);
    for (id, kind, given_at, asked_count, is_sent) in &rows {
        let operation = operations.get(id);
        let untold = match operation {
            _ if *is_sent => None,
            Some(operation) => Some(operation.untold(operation.given_at(*given_at))),
            None if busy.contains_key(id) => Some(Untold::Busy),
            None => Some(Untold::Ended),
        };
        let step = next_step(untold, InstructionKind::from_code(kind), *asked_count, now);
        advance(tx, *id, step, now).await?;
        let wanted = match step {
            NextStep::Tell(_) => Step::Tell,
            NextStep::LetGo(_) => Step::LetGo,
            NextStep::Wait(_) | NextStep::Drop => continue,
        };
        claimed.steps.extend(instruction(*id, kind, *given_at, operation).map(wanted));
    }
    Ok(claimed)
}

async fn lock_instructions(
    tx: &mut Tx,
    wanted: Wanted,
    now: OffsetDateTime,
) -> Result<Vec<ClaimedRow>, Error> {
    const SELECT: &str = "SELECT operation_id, kind, given_at, asked_count, sent_at IS NOT NULL
        FROM bank_instructions WHERE next_at IS NOT NULL AND";
    match wanted {
        Wanted::New(id) => {
            let sql = format!("{SELECT} operation_id = ? AND sent_at IS NULL FOR UPDATE");
            tx.exec(sql, (id,)).await
        }
        Wanted::Sent(id) => {
            let sql = format!("{SELECT} operation_id = ? AND sent_at IS NOT NULL FOR UPDATE");
            tx.exec(sql, (id,)).await
        }
        Wanted::Due { limit } => {
            let sql =
                format!("{SELECT} next_at <= ? ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED");
            tx.exec(sql, (stored(now), limit)).await
        }
    }
}

/// Says when it is due again.
async fn advance(tx: &mut Tx, id: Uuid, step: NextStep, now: OffsetDateTime) -> Result<(), Error> {
    let (is_told, wait) = match step {
        NextStep::Tell(wait) => (true, Some(wait)),
        NextStep::Wait(wait) | NextStep::LetGo(wait) => (false, Some(wait)),
        NextStep::Drop => (false, None),
    };
    let next_at = wait.map(|wait| stored(now.saturating_add(wait)));
    tx.exec_drop(
        "UPDATE bank_instructions SET next_at = ?,
             asked_count = IF(?, LEAST(asked_count + 1, 1000), asked_count),
             sent_at = IF(?, COALESCE(sent_at, ?), sent_at)
         WHERE operation_id = ?",
        (next_at, is_told, is_told, stored(now), id),
    )
    .await
}

fn instruction(
    id: Uuid,
    kind: &str,
    given_at: Option<PrimitiveDateTime>,
    operation: Option<&Begun>,
) -> Option<BankInstruction> {
    let kind = InstructionKind::from_code(kind);
    let amount = operation.and_then(|operation| money(operation.amount).ok());
    let (Some(operation), Some(kind), Some(amount)) = (operation, kind, amount) else {
        tracing::error!(%id, "what the bank was told cannot be read");
        return None;
    };
    let given_at = operation.given_at(given_at);
    Some(BankInstruction { end_to_end_id: id, kind, amount, given_at })
}

/// A withdrawal's wallet is stopped also where only what leaves it is.
async fn find_operations(
    tx: &mut Tx,
    ids: &[Uuid],
    lock: &str,
) -> Result<BTreeMap<Uuid, Begun>, Error> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "SELECT operation_id, amount, created_at, state = 'pending', EXISTS
             (SELECT 1 FROM accounts
             WHERE account_id IN (from_account_id, to_account_id) AND status = 'frozen'
                 OR account_id = from_account_id AND status = 'outgoing-frozen')
         FROM operations WHERE operation_id IN ({})
         ORDER BY operation_id {lock}",
        sql::ids(ids)
    );
    let begun = |(id, amount, created_at, is_pending, is_stopped)| {
        (id, Begun { amount, created_at, is_pending, is_stopped })
    };
    Ok(tx.query_map(sql, begun).await?.into_iter().collect())
}

/// Keeps what the bank has said. What it has said for good stays; after that, nobody asks again.
/// `is_contradicted` if its operation has ended otherwise.
pub(crate) async fn save_report(
    connection: &mut impl Queryable,
    id: Uuid,
    report: BankReport,
    is_contradicted: bool,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let is_for_good = report.has_moved().is_some();
    let (status, reason) = (report.status.code(), report.reason.map(BankReason::code));
    let contradicted_at = is_contradicted.then_some(stored(now));
    connection
        .exec_drop(
            "UPDATE bank_instructions SET status = ?, reason = ?, contradicted_at = ?,
                 next_at = IF(?, NULL, next_at)
             WHERE operation_id = ? AND next_at IS NOT NULL",
            (status, reason, contradicted_at, is_for_good, id),
        )
        .await
}

/// Operations that ended otherwise than the bank has said since, until somebody has explained them.
pub(crate) async fn count_contradicted(connection: &mut impl Queryable) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM bank_instructions WHERE contradicted_at IS NOT NULL";
    Ok(connection.query_first(sql).await?.unwrap_or_default())
}

/// What the bank has said of an operation; `None` while it has said nothing, or was not told.
pub(crate) async fn find_report(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<BankReport>, Error> {
    let sql = "SELECT status, reason FROM bank_instructions
        WHERE operation_id = ? AND status IS NOT NULL";
    let found: Option<(String, Option<String>)> = connection.exec_first(sql, (id,)).await?;
    found.map(|(status, reason)| read_report(&status, reason)).transpose()
}

/// What the bank has said, as it is stored.
pub(super) fn read_report(status: &str, reason: Option<String>) -> Result<BankReport, Error> {
    let corrupt = || unreadable("what the bank has said");
    let status = BankStatus::from_code(status).ok_or_else(corrupt)?;
    let reason = reason.map(|code| BankReason::from_code(&code).ok_or_else(corrupt));
    Ok(BankReport { status, reason: reason.transpose()? })
}
