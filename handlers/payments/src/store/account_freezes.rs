//! Whether accounts are frozen, and who did that: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;

use super::{stored, unreadable};
use crate::domain::{AccountFreeze, FreezeAction};

type Row = (String, String, String, PrimitiveDateTime);

/// Freezes or unfreezes an account that this transaction has locked, and adds the line that says
/// so.
pub(crate) async fn insert_account_freeze(
    tx: &mut Tx,
    account_id: Uuid,
    freeze: &AccountFreeze,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE accounts SET status = ? WHERE account_id = ?",
        (freeze.action.status().code(), account_id),
    )
    .await?;
    tx.exec_drop(
        "INSERT INTO account_freezes (account_id, action, reason, operator, done_at)
         VALUES (?, ?, ?, ?, ?)",
        (
            account_id,
            freeze.action.code(),
            freeze.reason.as_str(),
            freeze.operator.as_str(),
            stored(freeze.at),
        ),
    )
    .await
}

/// The newest `limit` lines of an account.
pub(crate) async fn list_account_freezes(
    connection: &mut impl Queryable,
    account_id: Uuid,
    limit: u32,
) -> Result<Vec<AccountFreeze>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT action, reason, operator, done_at FROM account_freezes
             WHERE account_id = ? ORDER BY account_freeze_id DESC LIMIT ?",
            (account_id, limit),
        )
        .await?;
    rows.into_iter().map(account_freeze).collect()
}

fn account_freeze(row: Row) -> Result<AccountFreeze, Error> {
    let (action, reason, operator, at) = row;
    Ok(AccountFreeze {
        action: FreezeAction::from_code(&action).ok_or_else(|| unreadable("what was done"))?,
        reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
        operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
        at: at.assume_utc(),
    })
}
