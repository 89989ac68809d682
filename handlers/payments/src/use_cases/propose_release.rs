//! A member of staff proposes to let go of what was stopped. The same person who proposes the same
//! again, while it waits, gets the same release: this needs no key.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, Json, StaffOperator, retry_lock_conflicts};
use time::Duration;
use utoipa::ToSchema;
use values::{AccountId, Operator, Proposal, Reason, ReleaseId, StaffId, Timestamp};

use super::read_account::find_named;
use crate::domain::{DecisionStatus, NO_ACCOUNT, Release, ReleaseScope, StaffDecision};
use crate::{App, store};

/// What is to be let go, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeRelease {
    account_id: AccountId,
    release: ReleaseScope,
    /// A case number, the court's order, the call that was taken.
    reason: Reason,
}

/// What was proposed, and what became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReleaseBody {
    release_id: ReleaseId,
    #[schema(inline)]
    account_id: AccountId,
    release: ReleaseScope,
    reason: Reason,
    status: DecisionStatus,
    proposed_by: StaffId,
    #[schema(inline)]
    proposer: Operator,
    proposed_at: Timestamp,
    /// From then on it can no longer be approved.
    expires_at: Timestamp,
    /// Who approved or rejected it; null until then.
    decider: Option<Operator>,
    decided_at: Option<Timestamp>,
}

impl From<Release> for ReleaseBody {
    fn from(release: Release) -> Self {
        let decision = release.decision;
        Self {
            expires_at: decision.expires_at().into(),
            release_id: release.id,
            account_id: release.account_id,
            release: release.scope,
            reason: decision.reason,
            status: decision.status,
            proposed_by: decision.proposed_by,
            proposer: decision.proposer,
            proposed_at: decision.proposed_at.into(),
            decider: decision.decider,
            decided_at: decision.decided_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn propose_release(
    app: App,
    by: StaffOperator,
    Json(input): Json<ProposeRelease>,
) -> Result<Json<ReleaseBody>, Error> {
    let release = retry_lock_conflicts(|| propose(&app, &by, &input)).await?;
    Ok(Json(release.into()))
}

async fn propose(app: &App, by: &StaffOperator, input: &ProposeRelease) -> Result<Release, Error> {
    let id = input.account_id;
    let mut tx = app.database.begin().await?;
    // Before anything is locked, as in `freeze_account`.
    find_named(&mut tx, id).await?;
    let account = store::ledger::lock_account(&mut tx, id.uuid()).await?.ok_or(NO_ACCOUNT)?;
    input.release.require_effect(&account)?;
    let newest_line = store::account_freezes::find_newest_line(&mut tx, id.uuid()).await?;
    let now = now();
    let since = now.saturating_sub(Duration::seconds(Proposal::VALID_SECONDS));
    let is_same = |other: &Release| {
        other.scope == input.release
            && other.newest_line == newest_line
            && other.decision.is_by_same(by.staff_id, &input.reason)
    };
    let proposed = store::releases::list_proposed(&mut tx, id, since).await?;
    if let Some(same) = proposed.into_iter().find(is_same) {
        return Ok(same);
    }
    let who = (by.staff_id, by.name.clone());
    let release = Release {
        id: ReleaseId::new(),
        account_id: id,
        scope: input.release,
        newest_line,
        decision: StaffDecision::proposed(input.reason.clone(), who, now),
    };
    store::releases::save_release(&mut tx, &release).await?;
    tx.commit().await?;
    Ok(release)
}
