//! To which bank accounts withdrawals and settlements go. They themselves are operations.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use uuid::Uuid;
use values::{BankAccount, OperationKind, UserId, WithdrawalId};

use super::operations::{COLUMNS, operation, take};
use super::{sql, unreadable};
use crate::domain::Operation;

/// Keeps the bank accounts of new ones.
pub(super) fn insert(bank_accounts: &[(Uuid, BankAccount)]) -> String {
    let rows = bank_accounts.iter().map(|(operation_id, account)| {
        // Not as text, which the server's log of slow statements would show to everybody.
        let [bank, number] = [account.bank_code.as_str(), account.account_number.as_str()]
            .map(|text| sql::binary(text.as_bytes()));
        format!("{}, {bank}, {number}", sql::id(*operation_id))
    });
    let rows = sql::rows(rows);
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO withdrawals (operation_id, bank_code, account_number) VALUES {rows}")
}

/// The withdrawal and where it goes, if it is this person's.
pub(crate) async fn find_withdrawal_of(
    connection: &mut impl Queryable,
    id: WithdrawalId,
    user_id: UserId,
) -> Result<Option<(Operation, BankAccount)>, Error> {
    let found = find_withdrawal(connection, id).await?;
    Ok(found.filter(|(withdrawal, _)| withdrawal.from.account_id == user_id.uuid()))
}

/// The withdrawal and where it goes, whosever it is. One that goes nowhere is an error.
pub(crate) async fn find_withdrawal(
    connection: &mut impl Queryable,
    id: WithdrawalId,
) -> Result<Option<(Operation, BankAccount)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, bank_code, account_number
         FROM operations LEFT JOIN withdrawals USING (operation_id)
         WHERE operation_id = ? AND kind = ?"
    );
    let id = (id.uuid(), OperationKind::Withdrawal.code());
    connection.exec_first(sql, id).await?.map(withdrawal).transpose()
}

/// Where the money of an operation goes; `None` if that is no bank account.
pub(crate) async fn find_bank_account(
    connection: &mut impl Queryable,
    operation_id: Uuid,
) -> Result<Option<BankAccount>, Error> {
    let sql = "SELECT bank_code, account_number FROM withdrawals WHERE operation_id = ?";
    let found: Option<(String, String)> = connection.exec_first(sql, (operation_id,)).await?;
    found.map(bank_account).transpose()
}

fn withdrawal(mut row: Row) -> Result<(Operation, BankAccount), Error> {
    let account = (take(&mut row, "bank_code")?, take(&mut row, "account_number")?);
    Ok((operation(row)?, bank_account(account)?))
}

pub(super) fn bank_account(
    (bank_code, account_number): (String, String),
) -> Result<BankAccount, Error> {
    let corrupt = || unreadable("a bank account");
    Ok(BankAccount {
        bank_code: bank_code.try_into().map_err(|_| corrupt())?,
        account_number: account_number.try_into().map_err(|_| corrupt())?,
    })
}
