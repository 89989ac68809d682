//! An operator stops one wallet or shop, or lets it go again. Doing it twice is the same as doing
//! it once.
//!
//! Every transfer locks its accounts, and so does this: a transfer that came first is over before
//! the answer is given, and one that comes later finds the account frozen.

use service::database::now;
use service::{Error, FunctionKey, Id, Json, retry_lock_conflicts};
use values::AccountId;

use super::AccountBody;
use super::read_account::{find_named, show_account};
use crate::domain::{AccountFreeze, FreezeAction, NO_ACCOUNT, Word};
use crate::{App, store};

pub(crate) async fn freeze_account(
    app: App,
    Id(id): Id<AccountId>,
    _: FunctionKey,
    Json(word): Json<Word>,
) -> Result<Json<AccountBody>, Error> {
    change(&app, id, FreezeAction::Freeze, &word).await.map(Json)
}

pub(crate) async fn unfreeze_account(
    app: App,
    Id(id): Id<AccountId>,
    _: FunctionKey,
    Json(word): Json<Word>,
) -> Result<Json<AccountBody>, Error> {
    change(&app, id, FreezeAction::Unfreeze, &word).await.map(Json)
}

/// After a lock conflict it tries again: payments may wait for a busy account, but whoever stops a
/// thief should not have to ask twice.
async fn change(
    app: &App,
    id: AccountId,
    action: FreezeAction,
    word: &Word,
) -> Result<AccountBody, Error> {
    retry_lock_conflicts(|| try_change(app, id, action, word)).await
}

async fn try_change(
    app: &App,
    id: AccountId,
    action: FreezeAction,
    word: &Word,
) -> Result<AccountBody, Error> {
    let mut tx = app.database.begin().await?;
    // Before anything is locked, so that a wrong name holds up nobody. An account's kind never
    // changes.
    find_named(&mut tx, id).await?;
    let account = store::ledger::lock_account(&mut tx, id.uuid()).await?.ok_or(NO_ACCOUNT)?;
    if account.status != action.status() {
        let freeze = AccountFreeze {
            action,
            reason: word.reason.clone(),
            operator: word.operator.clone(),
            at: now(),
        };
        store::account_freezes::insert_account_freeze(&mut tx, id.uuid(), &freeze).await?;
    }
    let account = show_account(&mut tx, id).await?;
    tx.commit().await?;
    Ok(account)
}
