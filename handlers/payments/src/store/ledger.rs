//! Accounts and transfers.

use mysql_async::prelude::{Query, Queryable, WithParams};
use mysql_async::{Error, Params};
use outbox::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::Money;

use super::{money, stored, unreadable};
use crate::domain::{Account, AccountKind, AccountStatus, Ledger};

const ACCOUNT_COLUMNS: &str =
    "account_id, kind, status, debits_posted, credits_posted, debits_pending, credits_pending";

type AccountRow = (Uuid, String, String, i64, i64, i64, i64);

/// Opens an account; one that is open already stays as it is.
pub(crate) async fn open_account(tx: &mut Tx, id: Uuid, kind: AccountKind) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT IGNORE INTO accounts (account_id, kind, currency) VALUES (?, ?, 'HKD')",
        (id, kind.code()),
    )
    .await
}

pub(crate) async fn find_account(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE account_id = ?");
    let row: Option<AccountRow> = connection.exec_first(sql, (id,)).await?;
    row.map(account).transpose()
}

/// Locks accounts until the transaction ends, in the order of their ids, so that no two
/// transactions wait for each other.
pub(crate) async fn lock_accounts(tx: &mut Tx, ids: &[Uuid]) -> Result<Ledger, Error> {
    let places = vec!["?"; ids.len()].join(", ");
    let rows: Vec<AccountRow> = format!(
        "SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE account_id IN ({places})
         ORDER BY account_id FOR UPDATE"
    )
    .with(Params::Positional(ids.iter().map(|id| id.into()).collect()))
    .fetch(tx)
    .await?;
    let accounts: Result<Vec<Account>, Error> = rows.into_iter().map(account).collect();
    Ok(Ledger::new(accounts?))
}

/// Writes what was posted: the transfers, and the new sums of the accounts.
pub(crate) async fn write_ledger(tx: &mut Tx, ledger: &Ledger) -> Result<(), Error> {
    let places = vec!["(?, ?, ?, ?, ?, ?, ?, 'posted', ?)"; ledger.posted().len()].join(", ");
    let values = ledger.posted().iter().flat_map(|transfer| {
        [
            transfer.id.uuid().into(),
            transfer.debit.into(),
            transfer.credit.into(),
            transfer.amount.minor_units().into(),
            transfer.amount.currency().code().into(),
            transfer.code.code().into(),
            transfer.code.subject().into(),
            stored(transfer.at).into(),
        ]
    });
    format!(
        "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
             currency, code, subject_id, phase, created_at) VALUES {places}"
    )
    .with(Params::Positional(values.collect()))
    .ignore(&mut *tx)
    .await?;

    let places = vec!["(?, ?, 'HKD', ?, ?)"; ledger.accounts().count()].join(", ");
    let values = ledger.accounts().flat_map(|account| {
        [
            account.id.into(),
            account.kind.code().into(),
            account.debits_posted.into(),
            account.credits_posted.into(),
        ]
    });
    format!(
        "INSERT INTO accounts (account_id, kind, currency, debits_posted, credits_posted)
         VALUES {places} ON DUPLICATE KEY UPDATE
             debits_posted = VALUES(debits_posted), credits_posted = VALUES(credits_posted)"
    )
    .with(Params::Positional(values.collect()))
    .ignore(tx)
    .await
}

fn account(row: AccountRow) -> Result<Account, Error> {
    let (id, kind, status, debits_posted, credits_posted, debits_pending, credits_pending) = row;
    Ok(Account {
        id,
        kind: AccountKind::from_code(&kind).ok_or_else(|| unreadable("an account's kind"))?,
        status: AccountStatus::from_code(&status)
            .ok_or_else(|| unreadable("an account's status"))?,
        debits_posted,
        credits_posted,
        debits_pending,
        credits_pending,
    })
}

/// One line of an account's history.
pub(crate) struct HistoryEntry {
    pub(crate) transfer_id: Uuid,
    /// The account was credited.
    pub(crate) is_incoming: bool,
    pub(crate) amount: Money,
    /// `top_up` or `payment`, and the id of it.
    pub(crate) code: String,
    pub(crate) subject_id: Uuid,
    /// The shop, or the payer, where there is one.
    pub(crate) counterparty: Option<String>,
    pub(crate) at: OffsetDateTime,
}

type HistoryRow = (Uuid, bool, i64, String, Uuid, Option<String>, PrimitiveDateTime);

/// The newest `limit` entries of an account that are older than `before`. Each direction reads its
/// own index, so a page costs the same however long the history is.
pub(crate) async fn list_history(
    connection: &mut impl Queryable,
    account_id: Uuid,
    before: Uuid,
    limit: usize,
) -> Result<Vec<HistoryEntry>, Error> {
    let rows: Vec<HistoryRow> = connection
        .exec(
            "SELECT page.transfer_id, is_incoming, amount, code, subject_id,
                 COALESCE(shops.shop_name, people.display_name), created_at
             FROM (
                 (SELECT transfer_id, FALSE AS is_incoming, amount, code, subject_id,
                      credit_account_id AS other_id, created_at
                  FROM transfers WHERE debit_account_id = ? AND transfer_id < ?
                  ORDER BY transfer_id DESC LIMIT ?)
                 UNION ALL
                 (SELECT transfer_id, TRUE, amount, code, subject_id, debit_account_id, created_at
                  FROM transfers WHERE credit_account_id = ? AND transfer_id < ?
                  ORDER BY transfer_id DESC LIMIT ?)
             ) AS page
             LEFT JOIN shops ON shops.business_id = other_id
             LEFT JOIN people ON people.user_id = other_id
             ORDER BY page.transfer_id DESC LIMIT ?",
            (account_id, before, limit, account_id, before, limit, limit),
        )
        .await?;
    rows.into_iter().map(history_entry).collect()
}

fn history_entry(row: HistoryRow) -> Result<HistoryEntry, Error> {
    let (transfer_id, is_incoming, amount, code, subject_id, counterparty, at) = row;
    let (amount, at) = (money(amount)?, at.assume_utc());
    Ok(HistoryEntry { transfer_id, is_incoming, amount, code, subject_id, counterparty, at })
}

/// What the audit found; every count but the first two must be zero.
pub(crate) struct AuditFindings {
    pub(crate) accounts: u64,
    pub(crate) transfers: u64,
    /// Sums over all accounts, in minor units.
    pub(crate) debits: i64,
    pub(crate) credits: i64,
    pub(crate) sums_agree: bool,
    /// Accounts whose sums are not the fold of their transfers.
    pub(crate) accounts_not_folding: u64,
    pub(crate) customers_overdrawn: u64,
    /// Payments without their transfer, or with another amount or other parties.
    pub(crate) payments_without_transfer: u64,
    pub(crate) transfers_without_payment: u64,
    /// Requests marked paid without a payment, or paid but not marked so.
    pub(crate) requests_not_matching: u64,
}

/// Reads everything; run it in one consistent snapshot.
pub(crate) async fn audit(tx: &mut Tx) -> Result<AuditFindings, Error> {
    // Compared as the exact decimals that they are: as integers both could be cut to one number.
    let sums: Option<(u64, i64, i64, bool, u64)> = tx
        .query_first(
            "SELECT COUNT(*), CAST(COALESCE(SUM(debits_posted), 0) AS SIGNED),
                 CAST(COALESCE(SUM(credits_posted), 0) AS SIGNED),
                 COALESCE(SUM(debits_posted) = SUM(credits_posted), TRUE),
                 CAST(COALESCE(SUM(kind <> 'bank_clearing'
                     AND credits_posted - debits_posted - debits_pending < 0), 0) AS UNSIGNED)
             FROM accounts",
        )
        .await?;
    let (accounts, debits, credits, sums_agree, customers_overdrawn) = sums.unwrap_or_default();
    let count = async |tx: &mut Tx, sql: &str| -> Result<u64, Error> {
        Ok(tx.query_first::<u64, _>(sql).await?.unwrap_or_default())
    };
    Ok(AuditFindings {
        accounts,
        transfers: count(tx, "SELECT COUNT(*) FROM transfers").await?,
        debits,
        credits,
        sums_agree,
        accounts_not_folding: count(tx, ACCOUNTS_NOT_FOLDING).await?,
        customers_overdrawn,
        payments_without_transfer: count(tx, PAYMENTS_WITHOUT_TRANSFER).await?,
        transfers_without_payment: count(tx, TRANSFERS_WITHOUT_PAYMENT).await?,
        requests_not_matching: count(tx, REQUESTS_NOT_MATCHING).await?,
    })
}

const ACCOUNTS_NOT_FOLDING: &str = "
    SELECT COUNT(*) FROM accounts LEFT JOIN (
        SELECT account_id, SUM(debit) AS debits, SUM(credit) AS credits FROM (
            SELECT debit_account_id AS account_id, amount AS debit, 0 AS credit FROM transfers
            UNION ALL
            SELECT credit_account_id, 0, amount FROM transfers
        ) AS sides GROUP BY account_id
    ) AS fold USING (account_id)
    WHERE debits_posted <> COALESCE(debits, 0) OR credits_posted <> COALESCE(credits, 0)";

const PAYMENTS_WITHOUT_TRANSFER: &str = "
    SELECT COUNT(*) FROM payments LEFT JOIN transfers USING (transfer_id)
    WHERE transfers.transfer_id IS NULL OR transfers.amount <> payments.amount
        OR debit_account_id <> payer_user_id OR credit_account_id <> business_id
        OR subject_id <> payment_id OR code <> 'payment'";

const TRANSFERS_WITHOUT_PAYMENT: &str = "
    SELECT COUNT(*) FROM transfers LEFT JOIN payments USING (transfer_id)
    WHERE code = 'payment' AND payment_id IS NULL";

const REQUESTS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM payment_requests LEFT JOIN payments USING (payment_request_id)
    WHERE (status = 'paid') <> (payments.payment_id IS NOT NULL)
        OR payments.payment_id <> payment_requests.payment_id";
