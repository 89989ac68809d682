//! Another member of staff agrees to how a dispute should end, in the version that they have read;
//! a reviewer, or who has proposed it, drops it. Who was not answered asks again.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, IfMatch, Reviewer, Staff, Versioned};
use values::DisputeId;

use super::DisputeReviewBody;
use super::change_dispute::change_dispute;
use super::read_dispute_review::show;
use crate::App;
use crate::domain::{DecisionStatus, Dispute, Ruling, Shop};

pub(crate) async fn approve_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: Reviewer,
    version: IfMatch,
    trace: TraceContext,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    decide(&app, id, &by, version, DecisionStatus::Approved, trace).await
}

pub(crate) async fn reject_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: Staff,
    version: IfMatch,
    trace: TraceContext,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    decide(&app, id, &by, version, DecisionStatus::Rejected, trace).await
}

async fn decide(
    app: &App,
    id: DisputeId,
    by: &Staff,
    version: IfMatch,
    status: DecisionStatus,
    trace: TraceContext,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let decide = |dispute: Dispute, _: &Shop| {
        let ruling = dispute.require_ruling()?.clone();
        if ruling.decision.was_decided(status, by.staff_id) {
            return Ok(dispute);
        }
        version.require(dispute.version)?;
        let (who, now) = ((by.staff_id, by.name.clone()), now());
        let decision = match status {
            DecisionStatus::Approved => ruling.decision.approve(who, &by.roles, now)?,
            DecisionStatus::Proposed | DecisionStatus::Rejected => {
                ruling.decision.reject(who, &by.roles, now)?
            }
        };
        let ruling = Ruling { decision, ..ruling };
        Ok(dispute.rule(ruling, now)?)
    };
    show(app, change_dispute(app, id, trace, None, decide).await?).await
}
