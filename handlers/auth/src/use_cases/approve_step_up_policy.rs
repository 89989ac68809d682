//! Another administrator approves rules of step-up: they hold from then on.

use service::{Administrator, Error, Id, Json};
use time::OffsetDateTime;
use values::{StaffRole, StepUpPolicy, StepUpPolicyId};

use super::hold_login::hold_login;
use super::propose_step_up_policy::StepUpPolicyBody;
use super::record_act::record_act;
use super::refuse_duplicate::refuse_duplicate;
use super::require_proposer::require_proposer;
use crate::App;
use crate::domain::{NO_STEP_UP_POLICY, STEP_UP_POLICY_REPLACED, StaffActType};
use crate::store::step_up_policies::{lock_step_up_proposal, update_step_up_decision};

/// Auth's other instances know it in seconds, all other services when they next fetch its keys.
pub(crate) async fn approve_step_up_policy(
    app: App,
    Id(policy_id): Id<StepUpPolicyId>,
    by: Administrator,
) -> Result<Json<StepUpPolicyBody>, Error> {
    let mut tx = app.database.begin().await?;
    hold_login(&mut tx, &by).await?;
    let found = lock_step_up_proposal(&mut tx, policy_id).await?.ok_or(NO_STEP_UP_POLICY)?;
    let (role, now) = (StaffRole::Administrator, OffsetDateTime::now_utc());
    let proposal = found.proposal();
    proposal.require_approvable(by.staff_id, &by.roles, role, now)?;
    require_proposer(&mut tx, proposal.proposed_by).await?;
    let version = found.replaces_version.saturating_add(1);
    let approved = update_step_up_decision(&mut tx, policy_id, by.staff_id, Some(version)).await;
    // There is one of each version, so of two that were made of the same the second is refused,
    // whenever it comes.
    approved.map_err(refuse_duplicate(STEP_UP_POLICY_REPLACED))?;
    record_act(&mut tx, &by, StaffActType::StepUpApproved, None).await?;
    let approved = lock_step_up_proposal(&mut tx, policy_id).await?.ok_or(NO_STEP_UP_POLICY)?;
    tx.commit().await?;
    app.tokens.learn_policy(StepUpPolicy { version, rules: approved.rules.clone() });
    Ok(Json(approved.into()))
}
