//! Accounts and transfers.

use mysql_async::prelude::{Query, Queryable, WithParams};
use mysql_async::{Error, Params};
use service::Paging;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BusinessId, Party, TopUpId, TransferId, UserId};

use super::{money, stored, unreadable};
use crate::domain::{
    Account, AccountKind, AccountStatus, CompletedTopUp, Direction, Ledger, Movement, TransferCode,
};

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

/// Transfer, whether the account was credited, amount, code, subject, time; then the other
/// account, its kind, and what the shop or the person is called.
type MovementRow = (
    Uuid,
    bool,
    i64,
    String,
    Uuid,
    PrimitiveDateTime,
    Uuid,
    String,
    Option<String>,
    Option<String>,
);

/// One page of an account's movements. Each direction reads its own index, so a page costs the same
/// however long the history is.
pub(crate) async fn list_movements(
    connection: &mut impl Queryable,
    account_id: Uuid,
    paging: &Paging,
) -> Result<Vec<Movement>, Error> {
    let (from, before, limit) = (paging.from_id(), paging.before_id(), paging.rows());
    let rows: Vec<MovementRow> = connection
        .exec(
            "SELECT page.transfer_id, is_incoming, amount, code, subject_id, created_at, other_id,
                 others.kind, shops.shop_name, people.display_name
             FROM (
                 (SELECT transfer_id, FALSE AS is_incoming, amount, code, subject_id, created_at,
                      credit_account_id AS other_id
                  FROM transfers
                  WHERE debit_account_id = ? AND transfer_id >= ? AND transfer_id < ?
                  ORDER BY transfer_id DESC LIMIT ?)
                 UNION ALL
                 (SELECT transfer_id, TRUE, amount, code, subject_id, created_at, debit_account_id
                  FROM transfers
                  WHERE credit_account_id = ? AND transfer_id >= ? AND transfer_id < ?
                  ORDER BY transfer_id DESC LIMIT ?)
             ) AS page
             JOIN accounts AS others ON others.account_id = other_id
             LEFT JOIN shops ON shops.business_id = other_id
             LEFT JOIN people ON people.user_id = other_id
             ORDER BY page.transfer_id DESC LIMIT ?",
            (account_id, from, before, limit, account_id, from, before, limit, limit),
        )
        .await?;
    rows.into_iter().map(movement).collect()
}

fn movement(row: MovementRow) -> Result<Movement, Error> {
    let (id, is_incoming, amount, code, subject, at, other, kind, shop_name, person_name) = row;
    let counterparty = match AccountKind::from_code(&kind) {
        Some(AccountKind::Wallet) => {
            Some(Party::user(UserId::from_uuid(other), person_name.unwrap_or_default()))
        }
        Some(AccountKind::Merchant) => {
            let name = shop_name.ok_or_else(|| unreadable("the name of a shop that was paid"))?;
            Some(Party::Business { id: BusinessId::from_uuid(other), name })
        }
        Some(AccountKind::BankClearing) => None,
        None => return Err(unreadable("an account's kind")),
    };
    Ok(Movement {
        transfer_id: TransferId::from_uuid(id),
        direction: if is_incoming { Direction::In } else { Direction::Out },
        amount: money(amount)?,
        code: TransferCode::from_stored(&code, subject)
            .ok_or_else(|| unreadable("a transfer's code"))?,
        counterparty,
        at: at.assume_utc(),
    })
}

/// The top-up, if it is this person's.
pub(crate) async fn find_top_up(
    connection: &mut impl Queryable,
    user_id: UserId,
    id: TopUpId,
) -> Result<Option<CompletedTopUp>, Error> {
    let transfer_id = CompletedTopUp::transfer_id(id).uuid();
    let row: Option<(i64, PrimitiveDateTime)> = connection
        .exec_first(
            "SELECT amount, created_at FROM transfers
             WHERE transfer_id = ? AND credit_account_id = ? AND code = 'top_up'",
            (transfer_id, user_id.uuid()),
        )
        .await?;
    row.map(|(amount, at)| {
        Ok(CompletedTopUp { id, user_id, amount: money(amount)?, completed_at: at.assume_utc() })
    })
    .transpose()
}
