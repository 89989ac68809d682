//! What audits read, and how far they have come.

mod fees;
mod held_payments;
mod parcels;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::OperationKind;

use super::{schedules, stored};
use crate::domain::{Contradictions, Cut, accounts};

/// How far the books are folded into `audited_sums`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditProgress {
    pub(crate) cut: Cut,
    /// Transfers before the cut.
    pub(crate) transfers: u64,
    /// The contradictions before the cut that nobody has explained yet.
    pub(crate) contradictions: Contradictions,
}

const PROGRESS: &str = "SELECT cut, transfers, operations_not_matching, holds_not_matching,
    transfers_unexplained, requests_not_matching, refunds_not_matching, parcels_not_matching,
    fees_not_matching FROM audit_progress";

type ProgressRow = (Uuid, u64, u64, u64, u64, u64, u64, u64, u64);

pub(crate) async fn find_audit_progress(
    connection: &mut impl Queryable,
) -> Result<AuditProgress, Error> {
    progress(connection.query_first(PROGRESS).await?)
}

/// Makes every other audit wait until the transaction ends.
pub(crate) async fn lock_audit_progress(tx: &mut Tx) -> Result<AuditProgress, Error> {
    progress(tx.query_first(format!("{PROGRESS} FOR UPDATE")).await?)
}

fn progress(row: Option<ProgressRow>) -> Result<AuditProgress, Error> {
    let (
        cut,
        transfers,
        operations_not_matching,
        holds_not_matching,
        transfers_unexplained,
        requests_not_matching,
        refunds_not_matching,
        parcels_not_matching,
        fees_not_matching,
    ) = row.ok_or_else(|| super::unreadable("the audit's progress"))?;
    let contradictions = Contradictions {
        operations_not_matching,
        holds_not_matching,
        transfers_unexplained,
        requests_not_matching,
        refunds_not_matching,
        parcels_not_matching,
        fees_not_matching,
    };
    Ok(AuditProgress { cut: Cut::from_uuid(cut), transfers, contradictions })
}

/// The database's time, which is the same for every instance.
pub(crate) async fn find_time(tx: &mut Tx) -> Result<OffsetDateTime, Error> {
    let now: Option<PrimitiveDateTime> = tx.query_first("SELECT UTC_TIMESTAMP(6)").await?;
    Ok(now.ok_or_else(|| super::unreadable("the time"))?.assume_utc())
}

/// The oldest transfer that is not before the cut.
pub(crate) async fn find_transfer_from(tx: &mut Tx, cut: Cut) -> Result<Option<Uuid>, Error> {
    let sql =
        "SELECT transfer_id FROM transfers WHERE transfer_id >= ? ORDER BY transfer_id LIMIT 1";
    tx.exec_first(sql, (cut.uuid(),)).await
}

/// Adds the transfers from the cut up to `until` to `audited_sums`, counts their contradictions,
/// and moves the cut.
pub(crate) async fn fold_transfers(
    tx: &mut Tx,
    cut: Cut,
    until: Cut,
    contradictions: Contradictions,
) -> Result<(), Error> {
    let (from, until) = (cut.uuid(), until.uuid());
    let sides = sides("transfer_id >= ? AND transfer_id < ?");
    let sql = format!(
        "INSERT INTO audited_sums
             (account_id, debits, credits, debits_pending, credits_pending)
         {sides}
         ON DUPLICATE KEY UPDATE debits = audited_sums.debits + VALUES(debits),
             credits = audited_sums.credits + VALUES(credits),
             debits_pending = audited_sums.debits_pending + VALUES(debits_pending),
             credits_pending = audited_sums.credits_pending + VALUES(credits_pending)"
    );
    tx.exec_drop(sql, (from, until, from, until)).await?;
    tx.exec_drop(
        "UPDATE audit_progress SET cut = ?, transfers = transfers +
                 (SELECT COUNT(*) FROM transfers WHERE transfer_id >= ? AND transfer_id < ?),
             operations_not_matching = operations_not_matching + ?,
             holds_not_matching = holds_not_matching + ?,
             transfers_unexplained = transfers_unexplained + ?,
             requests_not_matching = requests_not_matching + ?,
             refunds_not_matching = refunds_not_matching + ?,
             parcels_not_matching = parcels_not_matching + ?,
             fees_not_matching = fees_not_matching + ?",
        (
            until,
            from,
            until,
            contradictions.operations_not_matching,
            contradictions.holds_not_matching,
            contradictions.transfers_unexplained,
            contradictions.requests_not_matching,
            contradictions.refunds_not_matching,
            contradictions.parcels_not_matching,
            contradictions.fees_not_matching,
        ),
    )
    .await
}

/// Counts the contradictions between two cuts. A request is checked in the stretch in which it
/// expires, because it was paid before then; a parcel there too, and in the one in which it was
/// made.
pub(crate) async fn find_contradictions(
    tx: &mut Tx,
    from: Cut,
    until: Cut,
) -> Result<Contradictions, Error> {
    let ids = (from.uuid(), until.uuid());
    let times = (stored(from.time()), stored(until.time()));
    let first_refund = Cut::at(from.time().saturating_sub(REFUNDS_APART)).uuid();
    let refunds = (ids.0, ids.1, first_refund, ids.0, ids.1);
    let payments_without_request: u64 = first(tx.exec_first(PAYMENTS_WITHOUT_REQUEST, ids).await?);
    let requests_without_payment: u64 =
        first(tx.exec_first(REQUESTS_WITHOUT_PAYMENT, times).await?);
    let money_requests = (ids.0, ids.1, ids.0, ids.1);
    let money_requests: u64 =
        first(tx.exec_first(MONEY_REQUESTS_NOT_MATCHING, money_requests).await?);
    let payment_requests = payments_without_request.saturating_add(requests_without_payment);
    let of_parcels = (ids.0, ids.1, times.0, times.1);
    let parcels: u64 = first(tx.exec_first(parcels::PARCELS_NOT_MATCHING, of_parcels).await?);
    let without_parcel: u64 = first(tx.exec_first(parcels::OPERATIONS_WITHOUT_PARCEL, ids).await?);
    let scheduled = schedules::count_not_matching(tx, from, until).await?;
    let operations: u64 = first(tx.exec_first(OPERATIONS_NOT_MATCHING, ids).await?);
    let fees = (ids.0, ids.1, ids.0, ids.1, ids.0, ids.1);
    let holds: u64 = first(tx.exec_first(HOLDS_NOT_MATCHING, ids).await?);
    let held: u64 = first(tx.exec_first(held_payments::HELD_PAYMENTS_NOT_MATCHING, fees).await?);
    Ok(Contradictions {
        operations_not_matching: operations.saturating_add(scheduled),
        holds_not_matching: holds.saturating_add(held),
        transfers_unexplained: first(tx.exec_first(transfers_unexplained(), ids).await?),
        requests_not_matching: payment_requests.saturating_add(money_requests),
        refunds_not_matching: first(tx.exec_first(REFUNDS_NOT_MATCHING, refunds).await?),
        parcels_not_matching: parcels.saturating_add(without_parcel),
        fees_not_matching: first(tx.exec_first(fees::fees_not_matching(), fees).await?),
    })
}

/// The sums over all accounts.
#[derive(Default)]
pub(crate) struct AccountSums {
    pub(crate) accounts: u64,
    /// Sums over all accounts, in minor units.
    pub(crate) debits: i64,
    pub(crate) credits: i64,
    /// What is pending, in minor units.
    pub(crate) held: i64,
    /// Of: posted debits are credits, pending ones too, what is held is what the pending operations
    /// hold, and what is in escrow is what nobody has taken of the open parcels.
    pub(crate) sums_not_matching: u64,
    pub(crate) customers_overdrawn: u64,
}

pub(crate) async fn sum_accounts(tx: &mut Tx) -> Result<AccountSums, Error> {
    // Compared as exact decimals: as integers, both could be cut to the same number.
    let row: Option<(u64, i64, i64, i64, u64, u64)> = tx
        .query_first(
            "SELECT COUNT(*), CAST(COALESCE(SUM(debits_posted), 0) AS SIGNED),
                 CAST(COALESCE(SUM(credits_posted), 0) AS SIGNED),
                 CAST(COALESCE(SUM(debits_pending), 0) AS SIGNED),
                 CAST(COALESCE((SUM(debits_posted) <> SUM(credits_posted))
                     + (SUM(debits_pending) <> SUM(credits_pending))
                     + (SUM(debits_pending) <> (SELECT COALESCE(SUM(amount), 0) FROM operations
                         WHERE expires_at IS NOT NULL AND state = 'pending'))
                     + (SUM(IF(kind = 'escrow', credits_posted - debits_posted, 0)) <>
                         (SELECT COALESCE(SUM(share_amount), 0)
                         FROM parcels JOIN parcel_shares USING (parcel_id)
                         WHERE status = 'open' AND claim_id IS NULL)), 0) AS UNSIGNED),
                 CAST(COALESCE(SUM(kind <> 'bank_clearing'
                     AND credits_posted - debits_posted - debits_pending < 0), 0) AS UNSIGNED)
             FROM accounts",
        )
        .await?;
    let (accounts, debits, credits, held, sums_not_matching, customers_overdrawn) =
        row.unwrap_or_default();
    Ok(AccountSums { accounts, debits, credits, held, sums_not_matching, customers_overdrawn })
}

/// Counts the accounts whose sums are not those that were audited plus the transfers since.
pub(crate) async fn count_accounts_not_folding(tx: &mut Tx, cut: Cut) -> Result<u64, Error> {
    let sides = sides("transfer_id >= ?");
    let sql = format!(
        "SELECT COUNT(*) FROM accounts LEFT JOIN audited_sums AS audited USING (account_id)
         LEFT JOIN ({sides}) AS since USING (account_id)
         WHERE debits_posted <> COALESCE(audited.debits, 0) + COALESCE(since.debits, 0)
             OR credits_posted <> COALESCE(audited.credits, 0) + COALESCE(since.credits, 0)
             OR accounts.debits_pending <>
                 COALESCE(audited.debits_pending, 0) + COALESCE(since.debits_pending, 0)
             OR accounts.credits_pending <>
                 COALESCE(audited.credits_pending, 0) + COALESCE(since.credits_pending, 0)"
    );
    Ok(first(tx.exec_first(sql, (cut.uuid(), cut.uuid())).await?))
}

pub(crate) async fn count_transfers_from(tx: &mut Tx, cut: Cut) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM transfers WHERE transfer_id >= ?";
    Ok(first(tx.exec_first(sql, (cut.uuid(),)).await?))
}

/// A count always has a row.
fn first(count: Option<u64>) -> u64 {
    count.unwrap_or_default()
}

/// What the transfers of a range, which is named twice, add to the four sums of each account.
fn sides(range: &str) -> String {
    const POSTED: &str = "IF(phase IN ('posted', 'settled'), amount, 0)";
    const PENDING: &str = "CASE phase WHEN 'pending' THEN amount WHEN 'posted' THEN 0
        ELSE -held END";
    format!(
        "SELECT account_id, SUM(debit) AS debits, SUM(credit) AS credits,
             SUM(debit_pending) AS debits_pending, SUM(credit_pending) AS credits_pending
         FROM (
             SELECT debit_account_id AS account_id, {POSTED} AS debit, 0 AS credit,
                 {PENDING} AS debit_pending, 0 AS credit_pending
             FROM transfers WHERE {range}
             UNION ALL
             SELECT credit_account_id, 0, {POSTED}, 0, {PENDING}
             FROM transfers WHERE {range}
         ) AS sides GROUP BY account_id"
    )
}

const OPERATIONS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM operations LEFT JOIN transfers ON transfer_id = operation_id
    WHERE operation_id >= ? AND operation_id < ?
        AND (transfer_id IS NULL OR transfers.amount <> operations.amount
            OR debit_account_id <> from_account_id OR credit_account_id <> to_account_id
            OR subject_id <> operation_id OR code <> kind OR phase NOT IN ('posted', 'pending')
            OR phase = 'posted'
                AND NOT (state = 'completed' AND COALESCE(moved, 0) = operations.amount)
            OR tip > operations.amount OR tip IS NOT NULL AND kind <> 'payment'
            OR kind = 'settlement' AND NOT EXISTS (SELECT 1 FROM settlements
                WHERE settlement_id = operation_id AND business_id = from_account_id
                    AND settlements.amount = operations.amount)
            OR kind IN ('withdrawal', 'settlement') AND NOT EXISTS (SELECT 1 FROM withdrawals
                WHERE withdrawals.operation_id = operations.operation_id)
            OR kind = 'fps-payment' AND NOT EXISTS (SELECT 1 FROM fps_payments
                WHERE fps_payments.operation_id = operations.operation_id))";

/// A hold is checked where it ends. A second end has another time than its operation. What the bank
/// has said for good is what became of it, whoever ended it.
const HOLDS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM transfers AS ends
    LEFT JOIN transfers AS holds ON holds.transfer_id = ends.pending_id
    LEFT JOIN operations ON operation_id = ends.subject_id
    LEFT JOIN bank_instructions AS told ON told.operation_id = ends.subject_id
    WHERE ends.transfer_id >= ? AND ends.transfer_id < ? AND ends.phase NOT IN ('posted', 'pending')
        AND NOT COALESCE(holds.phase = 'pending' AND holds.amount = ends.held
            AND ends.amount <= ends.held AND holds.subject_id = ends.subject_id
            AND holds.debit_account_id = ends.debit_account_id
            AND holds.credit_account_id = ends.credit_account_id
            AND ended_at = ends.created_at
            AND CASE told.status WHEN 'ACSC' THEN ends.amount = ends.held AND state = 'completed'
                WHEN 'RJCT' THEN state = 'failed' ELSE TRUE END
            AND CASE ends.phase WHEN 'settled' THEN state = 'completed' AND moved = ends.amount
                WHEN 'released' THEN state = 'failed' WHEN 'expired' THEN state = 'expired' END,
            FALSE)";

/// Each kind of operation connects two kinds of accounts, and no transfer connects others but those
/// of fees.
fn transfers_unexplained() -> String {
    let described: Vec<String> = OperationKind::ALL
        .iter()
        .map(|kind| {
            let (from, to) = accounts(*kind);
            format!("('{}', '{}', '{}')", kind.code(), from.code(), to.code())
        })
        .collect();
    let described = described.join(", ");
    format!(
        "SELECT COUNT(*) FROM transfers LEFT JOIN operations ON operation_id = subject_id
         LEFT JOIN accounts AS debited ON debited.account_id = debit_account_id
         LEFT JOIN accounts AS credited ON credited.account_id = credit_account_id
         WHERE transfer_id >= ? AND transfer_id < ? AND code <> 'fee'
             AND NOT COALESCE(code = operations.kind AND transfers.currency = 'HKD'
                 AND debit_account_id = from_account_id AND credit_account_id = to_account_id
                 AND (code, debited.kind, credited.kind) IN ({described})
                 AND (phase IN ('posted', 'pending')) = (transfer_id = operation_id), FALSE)"
    )
}

const PAYMENTS_WITHOUT_REQUEST: &str = "
    SELECT COUNT(*) FROM operations
    LEFT JOIN payment_requests AS requests ON payment_request_id = parent_id
    WHERE operation_id >= ? AND operation_id < ? AND kind = 'payment' AND parent_id IS NOT NULL
        AND (requests.status IS NULL OR requests.status <> 'paid'
            OR requests.payment_id IS NULL OR requests.payment_id <> operation_id
            OR requests.amount <> operations.amount - COALESCE(tip, 0)
            OR requests.business_id <> to_account_id)";

const REQUESTS_WITHOUT_PAYMENT: &str = "
    SELECT COUNT(*) FROM payment_requests LEFT JOIN operations
        ON operation_id = payment_id AND parent_id = payment_request_id
    WHERE status = 'paid' AND payment_requests.expires_at >= ? AND payment_requests.expires_at < ?
        AND operation_id IS NULL";

/// Payments between people that name a request which does not name them, and the reverse: both have
/// the payment's id, by which they are found.
const MONEY_REQUESTS_NOT_MATCHING: &str = "
    SELECT (SELECT COUNT(*) FROM operations
            LEFT JOIN money_requests AS requests ON money_request_id = parent_id
            WHERE operation_id >= ? AND operation_id < ? AND operations.kind = 'peer-payment'
                AND parent_id IS NOT NULL
                AND NOT COALESCE(requests.status = 'paid' AND peer_payment_id = operation_id
                    AND requests.amount = operations.amount AND payer_id = from_account_id
                    AND requester_id = to_account_id, FALSE))
        + (SELECT COUNT(*) FROM money_requests
            LEFT JOIN operations ON operation_id = peer_payment_id AND parent_id = money_request_id
            WHERE peer_payment_id >= ? AND peer_payment_id < ? AND operation_id IS NULL)";

/// Of every refund, and of every payment that says it was refunded: the payment is one of the two
/// parties the other way round, and says as much as all its refunds are, which is no more than was
/// paid; they have its fee back in proportion. The refunds are found in the payers' index of what
/// came in, so that `operations` needs none of its own; each payer's is read once, however many
/// refunds there are.
const REFUNDS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM operations AS found LEFT JOIN operations AS payments
        ON payments.operation_id = IF(found.kind = 'refund', found.parent_id, found.operation_id)
    LEFT JOIN (
        SELECT refunds.parent_id, SUM(refunds.amount) AS amount, SUM(refunds.fee) AS fee FROM (
            SELECT DISTINCT IF(kind = 'refund', to_account_id, from_account_id) AS payer_id
            FROM operations WHERE operation_id >= ? AND operation_id < ?
                AND (kind = 'refund' OR refunded <> 0)) AS payers
        JOIN transfers ON credit_account_id = payer_id AND transfer_id >= ? AND code = 'refund'
        JOIN operations AS refunds ON refunds.operation_id = transfer_id
        GROUP BY refunds.parent_id) AS given_back ON given_back.parent_id = payments.operation_id
    WHERE found.operation_id >= ? AND found.operation_id < ?
        AND (found.kind = 'refund' OR found.refunded <> 0)
        AND NOT COALESCE(payments.kind = 'payment' AND payments.refunded <= payments.moved
            AND (found.kind = 'payment' OR found.from_account_id = payments.to_account_id
                AND found.to_account_id = payments.from_account_id)
            AND payments.refunded = given_back.amount AND given_back.fee =
                (2 * payments.fee * payments.refunded + payments.moved) DIV (2 * payments.moved),
            FALSE)";
/// Refunds of one payment are not further apart: a year, and the difference of clocks.
const REFUNDS_APART: Duration = Duration::days(366);
