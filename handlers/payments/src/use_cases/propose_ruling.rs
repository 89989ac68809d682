//! A member of staff proposes how a dispute should end.

use serde::Deserialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, StaffOperator, Versioned};
use utoipa::ToSchema;
use values::{DisputeId, Reason};

use super::DisputeReviewBody;
use super::change_dispute::change_dispute;
use super::read_dispute_review::show;
use crate::App;
use crate::domain::{Dispute, Ruling, Shop, StaffDecision};

/// How a dispute is to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeRuling {
    /// Whether the payer is right, and the shop gives the money back.
    upheld: bool,
    /// Why, for both sides.
    reason: Reason,
}

pub(crate) async fn propose_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: StaffOperator,
    trace: TraceContext,
    Json(input): Json<ProposeRuling>,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let propose = |dispute: Dispute, _: &Shop| {
        let (who, now) = ((by.staff_id, by.name.clone()), now());
        let decision = StaffDecision::proposed(input.reason.clone(), who, now);
        Ok(dispute.propose(Ruling::new(input.upheld, decision), now)?)
    };
    show(&app, change_dispute(&app, id, trace, None, propose).await?).await
}
