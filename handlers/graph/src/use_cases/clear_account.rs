//! A reviewer looked at what was seen of an account, and calls it normal.

use std::collections::BTreeSet;

use service::{Error, Id, IfMatch, NoContent, Reviewer, retry_lock_conflicts};
use time::OffsetDateTime;
use values::{GraphAccountId, UserId};

use super::assess_accounts::{announce, owners};
use super::look::look;
use crate::domain::{GraphLookType, NO_GRAPH_ACCOUNT};
use crate::{App, store};

/// Once more changes nothing: an account that is normal has nothing to be cleared. Whoever names
/// the version of the risk that they read clears no reason that was told since.
pub(crate) async fn clear_account(
    app: App,
    Id(account): Id<GraphAccountId>,
    Reviewer(staff): Reviewer,
    version: Option<IfMatch>,
) -> Result<NoContent, Error> {
    look(&app, &staff, GraphLookType::Clearance, account).await?;
    let owner = owners(&app, &BTreeSet::from([account])).await?.remove(&account);
    let owner = owner.ok_or(NO_GRAPH_ACCOUNT)?;
    retry_lock_conflicts(async || clear(&app, account, owner, version).await).await?;
    Ok(NoContent)
}

async fn clear(
    app: &App,
    account: GraphAccountId,
    owner: UserId,
    version: Option<IfMatch>,
) -> Result<(), Error> {
    let now = OffsetDateTime::now_utc();
    let mut tx = app.database.begin().await?;
    let stored = store::account_states::lock_account_state(&mut tx, account).await?;
    if let Some(version) = version {
        version.require(stored.as_ref().map_or(0, |state| state.version))?;
    }
    let Some(state) = stored.and_then(|state| state.cleared(now)) else { return Ok(()) };
    store::account_states::save_account_state(&mut tx, account, &state, now).await?;
    announce(app, &mut tx, owner, &state, now).await?;
    Ok(app.outbox.commit(tx).await?)
}
