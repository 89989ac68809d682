//! An operator stops one wallet or shop, or what leaves it. Doing it twice is the same as doing it
//! once.
//!
//! Every transfer locks its accounts, and so does this: a transfer that came first is over before
//! the answer is given, and one that comes later finds the account frozen.

use serde::Deserialize;
use service::database::now;
use service::{Error, FunctionKey, Id, Json, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{AccountId, Operator, Reason, code_enum};

use super::AccountBody;
use super::find_frozen_neighbours::find_neighbours_or_leave_them;
use super::read_account::{find_named, show_account};
use crate::domain::{AccountFreeze, Measure, NO_ACCOUNT, Word};
use crate::{App, store};

code_enum! {
    /// Which money is stopped.
    pub(crate) enum Stopped {
        /// What comes and what leaves.
        Both = "both",
        /// What leaves: a person who may be the victim can still be paid.
        Outgoing = "outgoing",
    }
}

/// What is stopped, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FreezeAccount {
    /// Both, if it is absent.
    #[serde(default = "both")]
    direction: Stopped,
    /// A case number, a court order, the call that was taken.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

const fn both() -> Stopped {
    Stopped::Both
}

pub(crate) async fn freeze_account(
    app: App,
    Id(id): Id<AccountId>,
    _: FunctionKey,
    Json(input): Json<FreezeAccount>,
) -> Result<Json<AccountBody>, Error> {
    let FreezeAccount { direction, reason, operator } = input;
    let measure = match direction {
        Stopped::Both => Measure::Freeze,
        Stopped::Outgoing => Measure::FreezeOutgoing,
    };
    let stopped = stop(&app, id, measure, &Word { operator, reason }).await?;
    if let AccountId::User(user_id) = id {
        find_neighbours_or_leave_them(&app, user_id.uuid()).await;
    }
    Ok(Json(stopped))
}

/// After a lock conflict it tries again: payments may wait for a busy account, but whoever stops a
/// thief should not have to ask twice.
pub(super) async fn stop(
    app: &App,
    id: AccountId,
    measure: Measure,
    word: &Word,
) -> Result<AccountBody, Error> {
    retry_lock_conflicts(|| try_stop(app, id, measure, word)).await
}

async fn try_stop(
    app: &App,
    id: AccountId,
    measure: Measure,
    word: &Word,
) -> Result<AccountBody, Error> {
    let mut tx = app.database.begin().await?;
    // Before anything is locked, so that a wrong name holds up nobody. An account's kind never
    // changes.
    find_named(&mut tx, id).await?;
    let account = store::ledger::lock_account(&mut tx, id.uuid()).await?.ok_or(NO_ACCOUNT)?;
    if measure.require_stopping(&account)? {
        let line = AccountFreeze::new(measure, word.clone(), None, now());
        store::account_freezes::insert_account_freeze(&mut tx, &account, measure, &line).await?;
        if let (AccountId::User(frozen), Measure::Freeze | Measure::FreezeOutgoing) = (id, measure)
        {
            store::frozen_neighbours::note_to_find(&mut tx, frozen.uuid()).await?;
        }
    }
    let account = show_account(&mut tx, id).await?;
    tx.commit().await?;
    Ok(account)
}
