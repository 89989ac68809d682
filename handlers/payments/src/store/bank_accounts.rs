//! Bank accounts that people have registered as their own.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BankAccountId, UserId};

use super::sql::{self, Lock};
use super::stored;
use super::withdrawals::bank_account;
use crate::domain::RegisteredAccount;

const SELECT: &str = "SELECT bank_account_id, user_id, bank_code, account_number, created_at
    FROM bank_accounts";

type AccountRow = (Uuid, Uuid, String, String, PrimitiveDateTime);

pub(crate) async fn insert_bank_account(
    tx: &mut Tx,
    registered: &RegisteredAccount,
) -> Result<(), Error> {
    // Not as text, which the server's log of slow statements would show to everybody.
    let account = &registered.account;
    let [bank, number] = [account.bank_code.as_str(), account.account_number.as_str()]
        .map(|text| sql::binary(text.as_bytes()));
    let [id, user_id] = [registered.id.uuid(), registered.user_id.uuid()].map(sql::id);
    let created_at = sql::time(registered.created_at);
    tx.query_drop(format!(
        "INSERT INTO bank_accounts
             (bank_account_id, user_id, bank_code, account_number, created_at)
         VALUES ({id}, {user_id}, {bank}, {number}, {created_at})"
    ))
    .await
}

/// Those of them that are registered still.
pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!(
        "SELECT bank_account_id FROM bank_accounts
         WHERE bank_account_id IN ({ids}) AND removed_at IS NULL
         ORDER BY bank_account_id {}",
        lock.clause()
    )
}

/// Those that this person has registered and not removed, the newest first. They are few.
pub(crate) async fn list_bank_accounts(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Vec<RegisteredAccount>, Error> {
    let sql =
        format!("{SELECT} WHERE user_id = ? AND removed_at IS NULL ORDER BY bank_account_id DESC");
    let rows: Vec<AccountRow> = connection.exec(sql, (user_id.uuid(),)).await?;
    rows.into_iter().map(registered).collect()
}

/// The account, removed or not, if this person has registered it.
pub(crate) async fn find_bank_account_of(
    connection: &mut impl Queryable,
    id: BankAccountId,
    user_id: UserId,
) -> Result<Option<RegisteredAccount>, Error> {
    let sql = format!("{SELECT} WHERE bank_account_id = ? AND user_id = ?");
    let found: Option<AccountRow> = connection.exec_first(sql, (id.uuid(), user_id.uuid())).await?;
    found.map(registered).transpose()
}

/// False if this person has no such account. It waits for a withdrawal to it that is being decided.
pub(crate) async fn remove_bank_account(
    conn: &mut Conn,
    id: BankAccountId,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    conn.exec_drop(
        "UPDATE bank_accounts SET removed_at = ?
         WHERE bank_account_id = ? AND user_id = ? AND removed_at IS NULL",
        (stored(now), id.uuid(), user_id.uuid()),
    )
    .await?;
    Ok(conn.affected_rows() > 0)
}

fn registered(row: AccountRow) -> Result<RegisteredAccount, Error> {
    let (id, user_id, bank_code, account_number, created_at) = row;
    Ok(RegisteredAccount {
        id: BankAccountId::from_uuid(id),
        user_id: UserId::from_uuid(user_id),
        account: bank_account((bank_code, account_number))?,
        created_at: created_at.assume_utc(),
    })
}
