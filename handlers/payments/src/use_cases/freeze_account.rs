//! An operator stops one wallet or shop, or lets it go again. Doing it twice is the same as doing
//! it once.
//!
//! Every transfer locks its accounts, and so does this: a transfer that came first is over before
//! the answer is given, and one that comes later finds the account frozen.

use mysql_async::TxOpts;
use serde::Deserialize;
use service::database;
use utoipa::ToSchema;

use super::AccountBody;
use super::read_account::{find_named, show_account};
use super::repeat::repeat_on_lock_conflict;
use crate::domain::{AccountFreeze, AccountId, FreezeAction, Operator, Reason};
use crate::error::Error;
use crate::{App, store};

/// Why, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreezeAccount {
    #[schema(inline)]
    reason: Reason,
    #[schema(inline)]
    operator: Operator,
}

pub(crate) async fn freeze_account(
    app: &App,
    id: AccountId,
    action: FreezeAction,
    input: &FreezeAccount,
) -> Result<AccountBody, Error> {
    // Payments may stand in line for a busy account, but whoever stops a thief should not have to
    // ask again.
    repeat_on_lock_conflict(|| try_freeze(app, id, action, input)).await
}

async fn try_freeze(
    app: &App,
    id: AccountId,
    action: FreezeAction,
    input: &FreezeAccount,
) -> Result<AccountBody, Error> {
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    // Before the lock, which nobody else's account should feel: an account's kind never changes.
    find_named(&mut tx, id).await?;
    let ledger = store::ledger::lock_accounts(&mut tx, &[id.uuid()]).await?;
    let account = ledger.account(id.uuid()).ok_or(Error::NoAccount)?;
    if account.status != action.status() {
        let freeze = AccountFreeze {
            action,
            reason: input.reason.clone(),
            operator: input.operator.clone(),
            at: database::now(),
        };
        store::account_freezes::insert_account_freeze(&mut tx, id.uuid(), &freeze).await?;
    }
    let account = show_account(&mut tx, id).await?;
    tx.commit().await?;
    Ok(account)
}
