//! Proves that no money was lost, doubled or invented: every night, and whenever an operator asks.

use std::time::Duration;

use mysql_async::{IsolationLevel, TxOpts};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::error::Error;
use crate::store::ledger::AuditFindings;
use crate::{App, observe, store};

/// How long an audit may take, waiting for its turn included: less than the host's
/// `functionTimeout` and than Azure's front end waits for an operator's answer.
pub(crate) const AUDIT_TIME_MAX: Duration = Duration::from_secs(180);
/// What the answer may take beside that.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// What the audit found in one consistent snapshot. Every count but the first two must be zero.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditBody {
    /// Everything below agrees.
    balanced: bool,
    accounts: u64,
    transfers: u64,
    /// Minor units, over all accounts.
    debits: i64,
    /// Minor units, over all accounts; equal to the debits.
    credits: i64,
    /// Accounts whose sums are not the fold of their transfers.
    accounts_not_folding: u64,
    customers_overdrawn: u64,
    payments_without_transfer: u64,
    transfers_without_payment: u64,
    requests_not_matching: u64,
}

pub(crate) async fn audit_ledger(app: &App) -> Result<AuditBody, Error> {
    service::allow(AUDIT_TIME_MAX.saturating_add(ANSWER_TIME));
    let found =
        timeout(AUDIT_TIME_MAX, read_books(app)).await.map_err(|_| Error::AuditTooLong)??;
    let contradictions = [
        found.accounts_not_folding,
        found.customers_overdrawn,
        found.payments_without_transfer,
        found.transfers_without_payment,
        found.requests_not_matching,
    ];
    let balanced = found.sums_agree && contradictions.iter().all(|count| *count == 0);
    if !balanced {
        tracing::error!(?contradictions, "the ledger does not balance");
    }
    observe::audited(balanced);
    Ok(AuditBody {
        balanced,
        accounts: found.accounts,
        transfers: found.transfers,
        debits: found.debits,
        credits: found.credits,
        accounts_not_folding: found.accounts_not_folding,
        customers_overdrawn: found.customers_overdrawn,
        payments_without_transfer: found.payments_without_transfer,
        transfers_without_payment: found.transfers_without_payment,
        requests_not_matching: found.requests_not_matching,
    })
}

/// All books, in one snapshot. Two audits at once would read everything twice for one answer.
async fn read_books(app: &App) -> Result<AuditFindings, Error> {
    // Never closed, so this only waits.
    let _turn = app.audit_turn.acquire().await;
    let snapshot = TxOpts::default()
        .with_isolation_level(IsolationLevel::RepeatableRead)
        .with_consistent_snapshot(true)
        .clone();
    let mut tx = app.pool.start_transaction(snapshot).await?;
    let found = store::ledger::audit(&mut tx).await?;
    tx.rollback().await?;
    Ok(found)
}
