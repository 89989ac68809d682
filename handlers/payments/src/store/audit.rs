//! What audits read, and how far they have come.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::stored;
use crate::domain::{BANK_CLEARING, Contradictions, Cut};

/// How far the books are folded into `audited_sums`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditProgress {
    pub(crate) cut: Cut,
    /// Transfers before the cut.
    pub(crate) transfers: u64,
    /// The contradictions before the cut that nobody has explained yet.
    pub(crate) contradictions: Contradictions,
}

const PROGRESS: &str =
    "SELECT cut, transfers, payments_without_transfer, transfers_without_payment,
    transfers_unexplained, requests_not_matching FROM audit_progress";

type ProgressRow = (Uuid, u64, u64, u64, u64, u64);

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
        payments_without_transfer,
        transfers_without_payment,
        transfers_unexplained,
        requests_not_matching,
    ) = row.ok_or_else(|| super::unreadable("the audit's progress"))?;
    let contradictions = Contradictions {
        payments_without_transfer,
        transfers_without_payment,
        transfers_unexplained,
        requests_not_matching,
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
    tx.exec_drop(
        "INSERT INTO audited_sums (account_id, debits, credits)
         SELECT account_id, SUM(debit), SUM(credit) FROM (
             SELECT debit_account_id AS account_id, amount AS debit, 0 AS credit
             FROM transfers WHERE transfer_id >= ? AND transfer_id < ?
             UNION ALL
             SELECT credit_account_id, 0, amount
             FROM transfers WHERE transfer_id >= ? AND transfer_id < ?
         ) AS sides GROUP BY account_id
         ON DUPLICATE KEY UPDATE debits = audited_sums.debits + VALUES(debits),
             credits = audited_sums.credits + VALUES(credits)",
        (from, until, from, until),
    )
    .await?;
    tx.exec_drop(
        "UPDATE audit_progress SET cut = ?, transfers = transfers +
                 (SELECT COUNT(*) FROM transfers WHERE transfer_id >= ? AND transfer_id < ?),
             payments_without_transfer = payments_without_transfer + ?,
             transfers_without_payment = transfers_without_payment + ?,
             transfers_unexplained = transfers_unexplained + ?,
             requests_not_matching = requests_not_matching + ?",
        (
            until,
            from,
            until,
            contradictions.payments_without_transfer,
            contradictions.transfers_without_payment,
            contradictions.transfers_unexplained,
            contradictions.requests_not_matching,
        ),
    )
    .await
}

/// Counts the contradictions between two cuts. A request is checked in the stretch in which it
/// expires, because it was paid before then.
pub(crate) async fn find_contradictions(
    tx: &mut Tx,
    from: Cut,
    until: Cut,
) -> Result<Contradictions, Error> {
    let ids = (from.uuid(), until.uuid());
    let times = (stored(from.time()), stored(until.time()));
    let payments_without_request: u64 = first(tx.exec_first(PAYMENTS_WITHOUT_REQUEST, ids).await?);
    let requests_without_payment: u64 =
        first(tx.exec_first(REQUESTS_WITHOUT_PAYMENT, times).await?);
    Ok(Contradictions {
        payments_without_transfer: first(tx.exec_first(PAYMENTS_WITHOUT_TRANSFER, ids).await?),
        transfers_without_payment: first(tx.exec_first(TRANSFERS_WITHOUT_PAYMENT, ids).await?),
        transfers_unexplained: first(
            tx.exec_first(TRANSFERS_UNEXPLAINED, (BANK_CLEARING, ids.0, ids.1)).await?,
        ),
        requests_not_matching: payments_without_request.saturating_add(requests_without_payment),
    })
}

/// The sums over all accounts.
#[derive(Default)]
pub(crate) struct AccountSums {
    pub(crate) accounts: u64,
    /// Sums over all accounts, in minor units.
    pub(crate) debits: i64,
    pub(crate) credits: i64,
    pub(crate) sums_agree: bool,
    pub(crate) customers_overdrawn: u64,
}

pub(crate) async fn sum_accounts(tx: &mut Tx) -> Result<AccountSums, Error> {
    // Compared as exact decimals: as integers, both could be cut to the same number.
    let row: Option<(u64, i64, i64, bool, u64)> = tx
        .query_first(
            "SELECT COUNT(*), CAST(COALESCE(SUM(debits_posted), 0) AS SIGNED),
                 CAST(COALESCE(SUM(credits_posted), 0) AS SIGNED),
                 COALESCE(SUM(debits_posted) = SUM(credits_posted), TRUE),
                 CAST(COALESCE(SUM(kind <> 'bank_clearing'
                     AND credits_posted - debits_posted - debits_pending < 0), 0) AS UNSIGNED)
             FROM accounts",
        )
        .await?;
    let (accounts, debits, credits, sums_agree, customers_overdrawn) = row.unwrap_or_default();
    Ok(AccountSums { accounts, debits, credits, sums_agree, customers_overdrawn })
}

/// Counts the accounts whose sums are not those that were audited plus the transfers since.
pub(crate) async fn count_accounts_not_folding(tx: &mut Tx, cut: Cut) -> Result<u64, Error> {
    Ok(first(tx.exec_first(ACCOUNTS_NOT_FOLDING, (cut.uuid(), cut.uuid())).await?))
}

pub(crate) async fn count_transfers_from(tx: &mut Tx, cut: Cut) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM transfers WHERE transfer_id >= ?";
    Ok(first(tx.exec_first(sql, (cut.uuid(),)).await?))
}

/// A count always has a row.
fn first(count: Option<u64>) -> u64 {
    count.unwrap_or_default()
}

const ACCOUNTS_NOT_FOLDING: &str = "
    SELECT COUNT(*) FROM accounts LEFT JOIN audited_sums AS audited USING (account_id) LEFT JOIN (
        SELECT account_id, SUM(debit) AS debits, SUM(credit) AS credits FROM (
            SELECT debit_account_id AS account_id, amount AS debit, 0 AS credit
            FROM transfers WHERE transfer_id >= ?
            UNION ALL
            SELECT credit_account_id, 0, amount FROM transfers WHERE transfer_id >= ?
        ) AS sides GROUP BY account_id
    ) AS since USING (account_id)
    WHERE debits_posted <> COALESCE(audited.debits, 0) + COALESCE(since.debits, 0)
        OR credits_posted <> COALESCE(audited.credits, 0) + COALESCE(since.credits, 0)";

const PAYMENTS_WITHOUT_TRANSFER: &str = "
    SELECT COUNT(*) FROM payments LEFT JOIN transfers USING (transfer_id)
    WHERE payments.transfer_id >= ? AND payments.transfer_id < ?
        AND (transfers.transfer_id IS NULL OR transfers.amount <> payments.amount
            OR debit_account_id <> payer_user_id OR credit_account_id <> business_id
            OR subject_id <> payment_id OR code <> 'payment')";

const TRANSFERS_WITHOUT_PAYMENT: &str = "
    SELECT COUNT(*) FROM transfers LEFT JOIN payments USING (transfer_id)
    WHERE transfers.transfer_id >= ? AND transfers.transfer_id < ?
        AND code = 'payment' AND payment_id IS NULL";

const PAYMENTS_WITHOUT_REQUEST: &str = "
    SELECT COUNT(*) FROM payments LEFT JOIN payment_requests AS requests USING (payment_request_id)
    WHERE payments.transfer_id >= ? AND payments.transfer_id < ?
        AND (requests.status IS NULL OR requests.status <> 'paid'
            OR requests.payment_id IS NULL OR requests.payment_id <> payments.payment_id
            OR requests.amount <> payments.amount OR requests.business_id <> payments.business_id)";

const TRANSFERS_UNEXPLAINED: &str = "
    SELECT COUNT(*) FROM transfers
    WHERE ((code = 'top_up') <> (debit_account_id = ?) OR code NOT IN ('payment', 'top_up')
            OR phase <> 'posted' OR currency <> 'HKD')
        AND transfer_id >= ? AND transfer_id < ?";

const REQUESTS_WITHOUT_PAYMENT: &str = "
    SELECT COUNT(*) FROM payment_requests LEFT JOIN payments USING (payment_request_id)
    WHERE status = 'paid' AND expires_at >= ? AND expires_at < ? AND payments.payment_id IS NULL";
