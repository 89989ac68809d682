//! Proves that no money was lost, doubled or invented: every night, and whenever an operator asks.
//!
//! What is settled is read once. It is folded into sums that are kept, with a count of its
//! contradictions; the accounts are compared with those sums and with what came since. So an audit
//! costs a day's transfers, however long the history is.

use std::time::Duration;

use serde::Serialize;
use service::{Error, FunctionKey, Json};
use tokio::time::timeout;
use utoipa::ToSchema;
use values::{Balance, Timestamp};

use crate::domain::{Contradictions, Cut};
use crate::store::audit::{self, AccountSums};
use crate::store::bank_instructions::count_contradicted;
use crate::{App, observe};

/// How long an audit may take, waiting for its turn included: less than the host's
/// `functionTimeout` and than Azure's front end waits for an operator's answer. What it has folded
/// by then stays folded, so the next one gets further.
const AUDIT_TIME_MAX: Duration = Duration::from_secs(180);
/// What the answer may take on top of that.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// What the audit found in one consistent snapshot. Every count but the first two must be zero.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditBody {
    /// Everything below agrees.
    balanced: bool,
    accounts: u64,
    transfers: u64,
    /// Transfers before this time were read once, and are not read again. Their contradictions are
    /// counted below until somebody has explained them.
    folded_before: Timestamp,
    /// Over all accounts.
    debits: Balance,
    /// Over all accounts; equal to the debits.
    credits: Balance,
    /// What is held for operations that are pending.
    held: Balance,
    /// Sums over all accounts that should be equal: debits and credits, those that are held, and
    /// what the pending operations hold; what is in escrow, and what nobody has claimed yet.
    sums_not_matching: u64,
    /// Accounts whose sums are not the fold of their transfers.
    accounts_not_folding: u64,
    customers_overdrawn: u64,
    operations_not_matching: u64,
    holds_not_matching: u64,
    transfers_unexplained: u64,
    requests_not_matching: u64,
    refunds_not_matching: u64,
    parcels_not_matching: u64,
    fees_not_matching: u64,
    /// Top-ups and withdrawals of which the bank has said for good what an operator had ended
    /// otherwise, however long ago, until somebody has explained them.
    bank_words_contradicted: u64,
}

/// The audit was given up; what it has folded stays folded.
#[derive(Debug, thiserror::Error)]
#[error("the audit did not end in {AUDIT_TIME_MAX:?}")]
struct AuditTooLong;

pub(crate) async fn audit_ledger(app: App, _: FunctionKey) -> Result<Json<AuditBody>, Error> {
    service::allow_answer_time(AUDIT_TIME_MAX.saturating_add(ANSWER_TIME));
    let audited = timeout(AUDIT_TIME_MAX, async {
        // Never closed, so this only waits. Two audits at once would do one's work twice.
        let _turn = app.audit_turn.acquire().await;
        loop {
            match fold_stretch(&app).await {
                Ok(true) => {}
                Ok(false) => return compare_books(&app).await,
                // Another instance audits: what it has folded need not be read here.
                Err(error) if error.is_lock_conflict() => {}
                Err(error) => return Err(error),
            }
        }
    });
    let books = audited.await.map_err(|_| Error::internal(AuditTooLong))??;
    if !books.balanced {
        tracing::error!(
            sums_not_matching = books.sums_not_matching,
            accounts_not_folding = books.accounts_not_folding,
            customers_overdrawn = books.customers_overdrawn,
            operations_not_matching = books.operations_not_matching,
            holds_not_matching = books.holds_not_matching,
            transfers_unexplained = books.transfers_unexplained,
            requests_not_matching = books.requests_not_matching,
            refunds_not_matching = books.refunds_not_matching,
            parcels_not_matching = books.parcels_not_matching,
            fees_not_matching = books.fees_not_matching,
            bank_words_contradicted = books.bank_words_contradicted,
            "the ledger does not balance"
        );
    }
    observe::audited(books.balanced);
    Ok(Json(books))
}

/// Folds the next stretch; false once none is settled. Contradictions are logged at once, because
/// the audit may not reach its end.
async fn fold_stretch(app: &App) -> Result<bool, Error> {
    let mut tx = app.database.begin().await?;
    let cut = audit::lock_audit_progress(&mut tx).await?.cut;
    let (first, now) =
        (audit::find_transfer_from(&mut tx, cut).await?, audit::find_time(&mut tx).await?);
    let Some(until) = first.and_then(|first| Cut::after(first, now)) else {
        tx.rollback().await?;
        return Ok(false);
    };
    let contradictions = audit::find_contradictions(&mut tx, cut, until).await?;
    audit::fold_transfers(&mut tx, cut, until, contradictions).await?;
    tx.commit().await?;
    if !contradictions.are_none() {
        let (from, until) = (cut.time(), until.time());
        tracing::error!(?contradictions, %from, %until, "the ledger does not balance");
    }
    Ok(true)
}

/// Compares all accounts with what was folded and what came since, in one snapshot.
async fn compare_books(app: &App) -> Result<AuditBody, Error> {
    let mut tx = app.database.snapshot().await?;
    let progress = audit::find_audit_progress(&mut tx).await?;
    let sums = audit::sum_accounts(&mut tx).await?;
    let accounts_not_folding = audit::count_accounts_not_folding(&mut tx, progress.cut).await?;
    let contradictions = audit::find_contradictions(&mut tx, progress.cut, Cut::END).await?;
    let contradictions = contradictions.and(progress.contradictions);
    let bank_words_contradicted = count_contradicted(&mut tx).await?;
    let since = audit::count_transfers_from(&mut tx, progress.cut).await?;
    tx.rollback().await?;

    let AccountSums { accounts, debits, credits, held, sums_not_matching, customers_overdrawn } =
        sums;
    let Contradictions {
        operations_not_matching,
        holds_not_matching,
        transfers_unexplained,
        requests_not_matching,
        refunds_not_matching,
        parcels_not_matching,
        fees_not_matching,
    } = contradictions;
    Ok(AuditBody {
        balanced: sums_not_matching == 0
            && accounts_not_folding == 0
            && customers_overdrawn == 0
            && contradictions.are_none()
            && bank_words_contradicted == 0,
        accounts,
        transfers: progress.transfers.saturating_add(since),
        folded_before: progress.cut.time().into(),
        debits: Balance::hkd(debits),
        credits: Balance::hkd(credits),
        held: Balance::hkd(held),
        sums_not_matching,
        accounts_not_folding,
        customers_overdrawn,
        operations_not_matching,
        holds_not_matching,
        transfers_unexplained,
        requests_not_matching,
        refunds_not_matching,
        parcels_not_matching,
        fees_not_matching,
        bank_words_contradicted,
    })
}
