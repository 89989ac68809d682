//! A member of staff has identified the person who asks for an account, and proposes that they get
//! it.

use serde::Deserialize;
use service::{Error, Id, Json, StaffOperator};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{Reason, RecoveryId};

use super::hold_login::hold_login;
use super::list_recoveries::RecoveryBody;
use super::record_act::record_act;
use crate::domain::{ActSubject, NO_RECOVERY, RecoveryStatus, StaffActType};
use crate::{App, store};

/// Where it is written down how the person was identified.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeRecovery {
    /// The case of the customer service.
    case_number: Reason,
}

/// The same person who proposes it again for the same case, while it waits, gets it as it stands.
pub(crate) async fn propose_recovery(
    app: App,
    Id(recovery_id): Id<RecoveryId>,
    by: StaffOperator,
    Json(input): Json<ProposeRecovery>,
) -> Result<Json<RecoveryBody>, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = store::recoveries::lock_recovery(&mut tx, recovery_id).await?;
    let mut found = found.ok_or(NO_RECOVERY)?;
    // What nobody can approve is in nobody's way.
    if found.status == RecoveryStatus::Proposed
        && let Some(case) = &found.case
        && !store::staff::is_staff(&mut tx, case.proposed_by).await?
    {
        found.case = None;
    }
    let now = OffsetDateTime::now_utc();
    if found.is_proposed_by(by.staff_id, &input.case_number, now) {
        return Ok(Json(found.into()));
    }
    found.require_proposable(now)?;
    let (case_number, proposer) = (&input.case_number, (by.staff_id, &by.name));
    store::recoveries::update_proposal(&mut tx, recovery_id, case_number, proposer).await?;
    let about = Some(ActSubject::Person(found.user_id));
    record_act(&mut tx, &by, StaffActType::RecoveryProposed, about).await?;
    let proposed = store::recoveries::find_recovery(&mut tx, recovery_id).await?;
    tx.commit().await?;
    Ok(Json(proposed.ok_or(NO_RECOVERY)?.into()))
}
