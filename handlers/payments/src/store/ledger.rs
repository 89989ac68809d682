//! Accounts and transfers.

use std::fmt::Write;

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Error, Row};
use service::database::Tx;
use uuid::Uuid;

use super::sql::Lock;
use super::{held_payments, sql, unreadable};
use crate::domain::{
    Account, AccountKind, AccountStatus, Flow, FlowUse, Ledger, LimitUse, Transfer, WalletTier,
};

const ACCOUNT_COLUMNS: &str =
    "account_id, kind, status, debits_posted, credits_posted, debits_pending, credits_pending,
    tier, used_on, top_up_day, top_up_month, top_up_year, top_up_count, payment_day, payment_month,
    payment_year, payment_count, peer_payment_day, peer_payment_month, peer_payment_year,
    peer_payment_count, withdrawal_day, withdrawal_month, withdrawal_year, withdrawal_count,
    legal_hold";

/// Opens an account; one that is open already stays as it is. It is looked for first: an insert
/// that finds it would lock it, and payments would wait for a whole batch of events.
pub(crate) async fn open_account(tx: &mut Tx, id: Uuid, kind: AccountKind) -> Result<(), Error> {
    if find_account(tx, id).await?.is_some() {
        return Ok(());
    }
    tx.exec_drop(
        "INSERT IGNORE INTO accounts (account_id, kind, currency, tier) VALUES (?, ?, 'HKD', ?)",
        (id, kind.code(), WalletTier::AT_OPENING.code()),
    )
    .await
}

pub(crate) async fn find_account(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE account_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id,)).await?;
    row.map(account).transpose()
}

/// The same, as its owner may see it: not what is held for a reviewer before they may have it.
pub(crate) async fn find_shown_account(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<Account>, Error> {
    let held = held_payments::INCOMING;
    let incoming = format!("CAST(credits_pending - {held} AS SIGNED) AS credits_pending");
    let columns = ACCOUNT_COLUMNS.replace("credits_pending", &incoming);
    let sql = format!("SELECT {columns} FROM accounts WHERE account_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id,)).await?;
    row.map(account).transpose()
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    let lock = lock.clause();
    format!(
        "SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE account_id IN ({ids})
         ORDER BY account_id {lock}"
    )
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<Account>, Error> {
    rows.into_iter().map(account).collect()
}

/// Closes an account that this transaction has locked.
pub(crate) async fn close_account(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    let closed = AccountStatus::Closed.code();
    tx.exec_drop("UPDATE accounts SET status = ? WHERE account_id = ?", (closed, id)).await
}

/// Locks an account until the transaction ends.
pub(crate) async fn lock_account(tx: &mut Tx, id: Uuid) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE account_id = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (id,)).await?;
    row.map(account).transpose()
}

pub(super) fn insert_transfers(transfers: &[Transfer]) -> String {
    let rows = transfers.iter().map(|transfer| {
        let hold = transfer.phase.hold();
        [
            sql::id(transfer.id.uuid()),
            sql::id(transfer.debit),
            sql::id(transfer.credit),
            transfer.amount.minor_units().to_string(),
            sql::text(transfer.amount.currency().code()),
            sql::text(transfer.code()),
            sql::id(transfer.operation_id),
            sql::text(transfer.phase.code()),
            sql::optional_id(hold.map(|hold| hold.transfer_id.uuid())),
            sql::optional_number(hold.map(|hold| hold.amount.minor_units())),
            sql::time(transfer.at),
        ]
        .join(", ")
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO transfers (transfer_id, debit_account_id, credit_account_id, amount,
             currency, code, subject_id, phase, pending_id, held, created_at) VALUES {rows}"
    )
}

/// Writes the sums of the accounts that have changed, and what they have used of their limits.
pub(super) fn update_sums(ledger: &Ledger) -> String {
    write_sums(ledger.changed())
}

fn write_sums<'a>(accounts: impl Iterator<Item = &'a Account>) -> String {
    let rows = accounts.map(|account| {
        let mut row = format!(
            "{}, {}, 'HKD', {}, {}, {}, {}, '{}'",
            sql::id(account.id),
            sql::text(account.kind.code()),
            account.debits_posted,
            account.credits_posted,
            account.debits_pending,
            account.credits_pending,
            account.used.day,
        );
        for flow in Flow::ALL {
            let FlowUse { day, month, year, count } = account.used.of(*flow);
            // Writing to a string does not fail.
            let _ = write!(row, ", {day}, {month}, {year}, {count}");
        }
        row
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO accounts (account_id, kind, currency, debits_posted, credits_posted,
             debits_pending, credits_pending, used_on, top_up_day, top_up_month, top_up_year,
             top_up_count, payment_day, payment_month, payment_year, payment_count,
             peer_payment_day, peer_payment_month, peer_payment_year, peer_payment_count,
             withdrawal_day, withdrawal_month, withdrawal_year, withdrawal_count)
         VALUES {rows} ON DUPLICATE KEY UPDATE
             debits_posted = VALUES(debits_posted), credits_posted = VALUES(credits_posted),
             debits_pending = VALUES(debits_pending), credits_pending = VALUES(credits_pending),
             used_on = VALUES(used_on), top_up_day = VALUES(top_up_day),
             top_up_month = VALUES(top_up_month), top_up_year = VALUES(top_up_year),
             top_up_count = VALUES(top_up_count), payment_day = VALUES(payment_day),
             payment_month = VALUES(payment_month), payment_year = VALUES(payment_year),
             payment_count = VALUES(payment_count), peer_payment_day = VALUES(peer_payment_day),
             peer_payment_month = VALUES(peer_payment_month),
             peer_payment_year = VALUES(peer_payment_year),
             peer_payment_count = VALUES(peer_payment_count),
             withdrawal_day = VALUES(withdrawal_day), withdrawal_month = VALUES(withdrawal_month),
             withdrawal_year = VALUES(withdrawal_year), withdrawal_count = VALUES(withdrawal_count)"
    )
}

/// Taken apart by position: a tuple has no room for so many columns, and every payment reads them,
/// so none is searched for by name.
fn account(mut row: Row) -> Result<Account, Error> {
    let row = &mut row;
    let (kind, status): (String, String) = (take(row, 1)?, take(row, 2)?);
    let tier: String = take(row, 7)?;
    Ok(Account {
        id: take(row, 0)?,
        kind: AccountKind::from_code(&kind).ok_or_else(|| unreadable("an account's kind"))?,
        status: AccountStatus::from_code(&status)
            .ok_or_else(|| unreadable("an account's status"))?,
        debits_posted: take(row, 3)?,
        credits_posted: take(row, 4)?,
        debits_pending: take(row, 5)?,
        credits_pending: take(row, 6)?,
        tier: WalletTier::from_code(&tier).ok_or_else(|| unreadable("a wallet's tier"))?,
        used: LimitUse {
            day: take(row, 8)?,
            top_up: flow_use(row, [9, 10, 11, 12])?,
            payment: flow_use(row, [13, 14, 15, 16])?,
            peer_payment: flow_use(row, [17, 18, 19, 20])?,
            withdrawal: flow_use(row, [21, 22, 23, 24])?,
        },
        legal_hold: take(row, 25)?,
    })
}

fn flow_use(row: &mut Row, [day, month, year, count]: [usize; 4]) -> Result<FlowUse, Error> {
    Ok(FlowUse {
        day: take(row, day)?,
        month: take(row, month)?,
        year: take(row, year)?,
        count: take(row, count)?,
    })
}

fn take<T: FromValue>(row: &mut Row, column: usize) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable("an account"))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn what_is_used_is_read_and_written_in_the_order_of_the_flows() {
        let of = |flow: &Flow| {
            let name = flow.code().replace('-', "_");
            ["day", "month", "year", "count"].map(|period| format!("{name}_{period}")).join(", ")
        };
        let columns: Vec<String> = Flow::ALL.iter().map(of).collect();
        let columns = columns.join(", ");
        let in_one_line = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let all = format!("tier, used_on, {columns}, legal_hold");
        assert!(in_one_line(ACCOUNT_COLUMNS).ends_with(&all));
        let wallet = Account {
            id: Uuid::from_u128(9),
            kind: AccountKind::Wallet,
            status: AccountStatus::Active,
            legal_hold: 0,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
            tier: WalletTier::AT_OPENING,
            used: LimitUse {
                day: OffsetDateTime::UNIX_EPOCH.date(),
                top_up: FlowUse::default(),
                payment: FlowUse::default(),
                peer_payment: FlowUse::default(),
                withdrawal: FlowUse::default(),
            },
        };
        let sql = in_one_line(&write_sums(std::iter::once(&wallet)));
        assert!(sql.contains(&format!("used_on, {columns})")), "{sql}");
    }
}
