//! Another member of staff lets go of what was proposed; a reviewer, or who has proposed it, stops
//! it. It is done in the transaction that decides it, under the account's lock, as a freeze is.

use service::database::now;
use service::{Error, Id, Json, Reviewer, Staff, retry_lock_conflicts};
use values::ReleaseId;

use super::ReleaseBody;
use crate::domain::{DecisionStatus, NO_ACCOUNT, NO_RELEASE, Release};
use crate::{App, store};

pub(crate) async fn approve_release(
    app: App,
    Id(id): Id<ReleaseId>,
    by: Reviewer,
) -> Result<Json<ReleaseBody>, Error> {
    let release = retry_lock_conflicts(|| approve(&app, id, &by)).await?;
    Ok(Json(release.into()))
}

pub(crate) async fn reject_release(
    app: App,
    Id(id): Id<ReleaseId>,
    by: Staff,
) -> Result<Json<ReleaseBody>, Error> {
    let mut tx = app.database.begin().await?;
    let release = store::releases::lock_release(&mut tx, id).await?.ok_or(NO_RELEASE)?;
    let who = (by.staff_id, by.name.clone());
    let decision = release.decision.reject(who, &by.roles, now())?;
    let release = Release { decision, ..release };
    store::releases::save_release(&mut tx, &release).await?;
    tx.commit().await?;
    Ok(Json(release.into()))
}

async fn approve(app: &App, id: ReleaseId, by: &Reviewer) -> Result<Release, Error> {
    let mut tx = app.database.begin().await?;
    // The account before the release, as whoever proposes.
    let found = store::releases::find_release(&mut tx, id).await?.ok_or(NO_RELEASE)?;
    let account_id = found.account_id.uuid();
    let account = store::ledger::lock_account(&mut tx, account_id).await?.ok_or(NO_ACCOUNT)?;
    let release = store::releases::lock_release(&mut tx, id).await?.ok_or(NO_RELEASE)?;
    let now = now();
    if release.decision.was_decided(DecisionStatus::Approved, by.staff_id) {
        return Ok(release);
    }
    let who = (by.staff_id, by.name.clone());
    let decision = release.decision.approve(who, &by.roles, now)?;
    let newest_line = store::account_freezes::find_newest_line(&mut tx, account_id).await?;
    let (measure, line) = release.approve(&account, newest_line, by.name.clone(), now)?;
    store::account_freezes::insert_account_freeze(&mut tx, &account, measure, &line).await?;
    let release = Release { decision, ..release };
    store::releases::save_release(&mut tx, &release).await?;
    tx.commit().await?;
    Ok(release)
}
