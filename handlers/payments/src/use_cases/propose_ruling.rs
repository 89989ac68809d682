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
use crate::domain::{Dispute, Ruling, Shop};

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
        let (reason, name, now) = (input.reason.clone(), by.name.clone(), now());
        let ruling = Ruling::proposed(input.upheld, reason, by.staff_id, name, now);
        Ok(dispute.propose(ruling, now)?)
    };
    show(&app, change_dispute(&app, id, trace, propose).await?).await
}
