//! Whether accounts are stopped, and who did that: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;

use super::{stored, unreadable};
use crate::domain::{Account, AccountFreeze, FreezeAction, Measure, Word};

type Row = (String, Option<i64>, String, String, Option<String>, PrimitiveDateTime);

/// Does to an account that this transaction has locked what was decided, and adds the line that
/// says so.
pub(crate) async fn insert_account_freeze(
    tx: &mut Tx,
    account: &Account,
    measure: Measure,
    line: &AccountFreeze,
) -> Result<(), Error> {
    let (status, legal_hold) = measure.applied_to(account);
    tx.exec_drop(
        "UPDATE accounts SET status = ?, legal_hold = ? WHERE account_id = ?",
        (status.code(), legal_hold, account.id),
    )
    .await?;
    tx.exec_drop(
        "INSERT INTO account_freezes
             (account_id, action, legal_hold, reason, operator, approved_by, done_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            account.id,
            line.action.code(),
            line.legal_hold,
            line.word.reason.as_str(),
            line.word.operator.as_str(),
            line.approved_by.as_ref().map(|name| name.as_str()),
            stored(line.at),
        ),
    )
    .await
}

/// The number of an account's newest line; 0 if there is none.
pub(crate) async fn find_newest_line(tx: &mut Tx, account_id: Uuid) -> Result<u64, Error> {
    let newest: Option<Option<u64>> = tx
        .exec_first(
            "SELECT MAX(account_freeze_id) FROM account_freezes WHERE account_id = ?",
            (account_id,),
        )
        .await?;
    Ok(newest.flatten().unwrap_or(0))
}

/// The newest `limit` lines of an account.
pub(crate) async fn list_account_freezes(
    connection: &mut impl Queryable,
    account_id: Uuid,
    limit: u32,
) -> Result<Vec<AccountFreeze>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT action, legal_hold, reason, operator, approved_by, done_at FROM account_freezes
             WHERE account_id = ? ORDER BY account_freeze_id DESC LIMIT ?",
            (account_id, limit),
        )
        .await?;
    rows.into_iter().map(account_freeze).collect()
}

fn account_freeze(row: Row) -> Result<AccountFreeze, Error> {
    let (action, legal_hold, reason, operator, approved_by, at) = row;
    Ok(AccountFreeze {
        action: FreezeAction::from_code(&action).ok_or_else(|| unreadable("what was done"))?,
        legal_hold,
        word: Word {
            reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
            operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
        },
        approved_by: approved_by
            .map(|name| name.try_into().map_err(|_| unreadable("an approver")))
            .transpose()?,
        at: at.assume_utc(),
    })
}
