//! An administrator proposes other rules of step-up.

use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Administrator, Error, INVALID_BODY, Json, Keyed, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{
    IdempotencyKey, Reason, StaffId, StepUpPolicy, StepUpPolicyId, StepUpRule, Timestamp,
};

use super::hold_login::hold_login;
use super::record_act::record_act;
use crate::domain::{
    NO_STEP_UP_POLICY, STEP_UP_POLICY_REPLACED, StaffActType, StepUpPolicyStatus, StepUpProposal,
};
use crate::{App, store};

/// All rules as they should be, and why.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeStepUpPolicy {
    /// The version that holds: 0 if none was ever approved. If another one is approved in the
    /// meantime, this is refused, since it would undo that.
    replaces_version: u32,
    /// In their order: the first that matches answers. 64 at most. An act that none of them names
    /// is held to the rules of version 0: to let it be, name it with `allow`.
    rules: Vec<StepUpRule>,
    /// What it is for.
    reason: Reason,
}

/// Rules that an administrator has proposed.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepUpPolicyBody {
    policy_id: StepUpPolicyId,
    status: StepUpPolicyStatus,
    /// Null unless they were approved.
    version: Option<u32>,
    replaces_version: u32,
    rules: Vec<StepUpRule>,
    reason: Reason,
    proposed_by: StaffId,
    proposed_at: Timestamp,
    /// Who approved or rejected them; null until then.
    decided_by: Option<StaffId>,
    decided_at: Option<Timestamp>,
}

impl Resource for StepUpPolicyBody {
    const LOCATION: &'static str = "/api/v1/staff/step-up-policies";
}

impl From<StepUpProposal> for StepUpPolicyBody {
    fn from(proposal: StepUpProposal) -> Self {
        Self {
            status: proposal.status(),
            policy_id: proposal.policy_id,
            version: proposal.version,
            replaces_version: proposal.replaces_version,
            rules: proposal.rules,
            reason: proposal.reason,
            proposed_by: proposal.proposed_by,
            proposed_at: proposal.proposed_at.into(),
            decided_by: proposal.decided_by,
            decided_at: proposal.decided_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn propose_step_up_policy(
    app: App,
    by: Administrator,
    key: IdempotencyKey,
    Json(input): Json<ProposeStepUpPolicy>,
) -> Result<Recorded<StepUpPolicyBody>, Error> {
    let keyed = Keyed::new(by.staff_id.uuid(), &key, "propose_step_up_policy", &input)?;
    once(&app.database, &keyed, |tx| insert(tx, &by, &input)).await
}

async fn insert(
    mut tx: Tx,
    by: &Administrator,
    input: &ProposeStepUpPolicy,
) -> Result<(Tx, StepUpPolicyBody), Error> {
    let policy = StepUpPolicy { version: input.replaces_version, rules: input.rules.clone() };
    policy.check().map_err(|error| INVALID_BODY.because(error))?;
    hold_login(&mut tx, by).await?;
    let newest = store::step_up_policies::find_step_up_policy(&mut tx).await?;
    if policy.version != newest.map_or(0, |newest| newest.version) {
        return Err(STEP_UP_POLICY_REPLACED.into());
    }
    let policy_id = StepUpPolicyId::new();
    let (reason, by_id) = (&input.reason, by.staff_id);
    store::step_up_policies::insert_step_up_proposal(&mut tx, policy_id, &policy, reason, by_id)
        .await?;
    record_act(&mut tx, by, StaffActType::StepUpProposed, None).await?;
    let proposed = store::step_up_policies::lock_step_up_proposal(&mut tx, policy_id).await?;
    Ok((tx, proposed.ok_or(NO_STEP_UP_POLICY)?.into()))
}
