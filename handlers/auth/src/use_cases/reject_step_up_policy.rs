//! An administrator stops rules of step-up that nobody has approved, their own or another's.

use service::{Administrator, Error, Id, NoContent};
use values::{StaffRole, StepUpPolicyId};

use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::App;
use crate::domain::{NO_STEP_UP_POLICY, StaffActType};
use crate::store::step_up_policies::{lock_step_up_proposal, update_step_up_decision};

pub(crate) async fn reject_step_up_policy(
    app: App,
    Id(policy_id): Id<StepUpPolicyId>,
    by: Administrator,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = lock_step_up_proposal(&mut tx, policy_id).await?.ok_or(NO_STEP_UP_POLICY)?;
    found.proposal().require_rejectable(by.staff_id, &by.roles, StaffRole::Administrator)?;
    update_step_up_decision(&mut tx, policy_id, by.staff_id, None).await?;
    record_act(&mut tx, &by, StaffActType::StepUpRejected, None).await?;
    tx.commit().await?;
    Ok(NoContent)
}
