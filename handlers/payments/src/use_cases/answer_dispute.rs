//! A shop gives a disputed payment back, or says why it does not.

use serde::Deserialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::{ActFacts, DisputeId, GuardedAct, ShopAct, Statement};

use super::DisputeBody;
use super::change_dispute::change_dispute;
use crate::App;
use crate::domain::{Dispute, NO_DISPUTE, Shop};

/// Why the shop does not give the money back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContestDispute {
    /// In the shop's words, which the payer reads.
    answer: Statement,
}

pub(crate) async fn accept_dispute(
    app: App,
    Id(id): Id<DisputeId>,
    member: Merchant,
    trace: TraceContext,
) -> Result<Json<DisputeBody>, Error> {
    let accept = |dispute: Dispute, shop: &Shop| {
        shop.require(member.user_id, ShopAct::AnswerDisputes, NO_DISPUTE)?;
        shop.require_not_own(member.user_id, dispute.payer.uuid())?;
        let accepted = dispute.clone().accept(member.user_id, now())?;
        // It is a refund, whoever asked for it.
        if accepted != dispute {
            let amount = dispute.amount.minor_units();
            let facts = ActFacts { amount, ..ActFacts::default() };
            app.tokens.policy().require(GuardedAct::Refund, member.level, &facts)?;
        }
        Ok(accepted)
    };
    change_dispute(&app, id, trace, Some(member.user_id), accept)
        .await
        .map(|dispute| Json(dispute.into()))
}

pub(crate) async fn contest_dispute(
    app: App,
    Id(id): Id<DisputeId>,
    member: Merchant,
    trace: TraceContext,
    Json(input): Json<ContestDispute>,
) -> Result<Json<DisputeBody>, Error> {
    let contest = |dispute: Dispute, shop: &Shop| {
        shop.require(member.user_id, ShopAct::AnswerDisputes, NO_DISPUTE)?;
        Ok(dispute.contest(input.answer.clone(), now())?)
    };
    change_dispute(&app, id, trace, Some(member.user_id), contest)
        .await
        .map(|dispute| Json(dispute.into()))
}
