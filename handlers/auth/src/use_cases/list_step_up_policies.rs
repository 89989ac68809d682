//! An administrator sees which rules of step-up hold, held, or wait.

use serde::Serialize;
use service::{Administrator, Error, Json, List, Page};
use utoipa::ToSchema;
use values::StepUpRule;

use super::propose_step_up_policy::StepUpPolicyBody;
use crate::domain::StepUpProposal;
use crate::{App, store};

/// The rules that hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrentStepUpPolicyBody {
    /// 0 if none was ever approved.
    version: u32,
    rules: Vec<StepUpRule>,
}

pub(crate) async fn list_step_up_policies(
    app: App,
    _by: Administrator,
    list: List,
) -> Result<Json<Page<StepUpPolicyBody>>, Error> {
    let paging = list.of("step-up policies")?;
    let mut conn = app.database.conn().await?;
    let rows = store::step_up_policies::list_step_up_proposals(&mut conn, &paging).await?;
    let place = |proposal: &StepUpProposal| proposal.policy_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, StepUpPolicyBody::from)))
}

/// As this instance knows it: a version that another has just approved comes in seconds.
pub(crate) async fn read_step_up_policy(
    app: App,
    _by: Administrator,
) -> Result<Json<CurrentStepUpPolicyBody>, Error> {
    let policy = app.tokens.policy();
    Ok(Json(CurrentStepUpPolicyBody { version: policy.version, rules: policy.rules.clone() }))
}
