//! Another member of staff approves a recovery that was proposed; a reviewer, or who has proposed
//! it, stops it. Once it is approved the person finishes it, when its wait is over.

use service::database::Tx;
use service::{Error, Id, Json, Reviewer, Staff};
use time::OffsetDateTime;
use values::RecoveryId;

use super::hold_login::hold_login;
use super::list_recoveries::RecoveryBody;
use super::record_act::record_act;
use super::require_proposer::require_proposer;
use crate::domain::{ActSubject, NO_RECOVERY, Recovery, RecoveryStatus, StaffActType};
use crate::{App, store};

pub(crate) async fn approve_recovery(
    app: App,
    Id(recovery_id): Id<RecoveryId>,
    by: Reviewer,
) -> Result<Json<RecoveryBody>, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = store::recoveries::lock_recovery(&mut tx, recovery_id).await?;
    let found = found.ok_or(NO_RECOVERY)?;
    // Whoever was not answered asks again.
    if found.is_approved_by(by.staff_id) {
        return Ok(Json(found.into()));
    }
    found.require_approvable(by.staff_id, &by.roles, OffsetDateTime::now_utc())?;
    if let Some(case) = &found.case {
        require_proposer(&mut tx, case.proposed_by).await?;
    }
    let approved = (RecoveryStatus::Approved, StaffActType::RecoveryApproved);
    decide(tx, &found, approved, &by).await
}

pub(crate) async fn reject_recovery(
    app: App,
    Id(recovery_id): Id<RecoveryId>,
    by: Staff,
) -> Result<Json<RecoveryBody>, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = store::recoveries::lock_recovery(&mut tx, recovery_id).await?;
    let found = found.ok_or(NO_RECOVERY)?;
    found.require_rejectable(by.staff_id, &by.roles, OffsetDateTime::now_utc())?;
    let rejected = (RecoveryStatus::Rejected, StaffActType::RecoveryRejected);
    decide(tx, &found, rejected, &by).await
}

async fn decide(
    mut tx: Tx,
    found: &Recovery,
    (status, kind): (RecoveryStatus, StaffActType),
    by: &Staff,
) -> Result<Json<RecoveryBody>, Error> {
    let (recovery_id, decider) = (found.recovery_id, (by.staff_id, &by.name));
    store::recoveries::update_recovery_decision(&mut tx, recovery_id, status, decider).await?;
    record_act(&mut tx, by, kind, Some(ActSubject::Person(found.user_id))).await?;
    let decided = store::recoveries::find_recovery(&mut tx, recovery_id).await?;
    tx.commit().await?;
    Ok(Json(decided.ok_or(NO_RECOVERY)?.into()))
}
