//! Accounts and transfers.

use mysql_async::prelude::{Query, Queryable, WithParams};
use mysql_async::{Error, Params};
use service::database::Tx;
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
