//! Proves that no money was lost, doubled or invented.

use mysql_async::{IsolationLevel, TxOpts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Error;
use crate::{App, store};

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
    let snapshot = TxOpts::default()
        .with_isolation_level(IsolationLevel::RepeatableRead)
        .with_consistent_snapshot(true)
        .clone();
    let mut tx = app.pool.start_transaction(snapshot).await?;
    let found = store::ledger::audit(&mut tx).await?;
    tx.rollback().await?;
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
