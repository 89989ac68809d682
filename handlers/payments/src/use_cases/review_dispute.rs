//! Two members of staff decide a dispute that shop and payer do not agree on: one proposes, another
//! who has read the same version agrees.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, IfMatch, Json, List, Page, Reviewer, Staff, StaffOperator, Versioned};
use utoipa::{IntoParams, ToSchema};
use values::{DisputeId, Operator, Reason, StaffRole, Timestamp, UserId};

use super::change_dispute::change_dispute;
use super::{DisputeBody, PaymentBody};
use crate::domain::{
    Dispute, DisputeStatus, NO_DISPUTE, NO_PAYMENT, NO_RULING, Operation, Ruling, Shop,
};
use crate::{App, store};

/// Which disputes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDisputeReviews {
    /// Those that stand like this; those that are under review if absent.
    #[param(inline)]
    status: Option<DisputeStatus>,
}

/// How a dispute is to end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposeRuling {
    /// Whether the payer is right, and the shop gives the money back.
    upheld: bool,
    /// Why, for both sides.
    reason: Reason,
}

/// A dispute, as staff see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeReviewBody {
    dispute: DisputeBody,
    payer_id: UserId,
    payment: PaymentBody,
    /// What is proposed, or was decided; null if nothing.
    ruling: Option<RulingBody>,
}

/// What staff propose, or have decided.
#[derive(Serialize, ToSchema)]
struct RulingBody {
    upheld: bool,
    reason: Reason,
    #[schema(inline)]
    proposer: Operator,
    proposed_at: Timestamp,
    /// Who has agreed; null until then.
    decider: Option<Operator>,
    decided_at: Option<Timestamp>,
}

impl From<Ruling> for RulingBody {
    fn from(ruling: Ruling) -> Self {
        Self {
            upheld: ruling.upheld,
            reason: ruling.words,
            proposer: ruling.proposer,
            proposed_at: ruling.proposed_at.into(),
            decider: ruling.decider,
            decided_at: ruling.decided_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn list_dispute_reviews(
    app: App,
    _by: Staff,
    list: List<ListDisputeReviews>,
) -> Result<Json<Page<DisputeBody>>, Error> {
    let status = list.filter.status.unwrap_or(DisputeStatus::UnderReview);
    let paging = list.of(status.code())?;
    let mut conn = app.database.conn().await?;
    let of = store::disputes::Of::Status(status);
    let rows = store::disputes::list_disputes(&mut conn, of, &paging).await?;
    Ok(Json(paging.page(rows, |dispute: &Dispute| dispute.id.uuid().as_u128(), DisputeBody::from)))
}

pub(crate) async fn read_dispute_review(
    app: App,
    Id(id): Id<DisputeId>,
    _by: Staff,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let mut conn = app.database.conn().await?;
    let dispute = store::disputes::find_dispute(&mut conn, id).await?.ok_or(NO_DISPUTE)?;
    drop(conn);
    show(&app, dispute).await
}

pub(crate) async fn propose_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: StaffOperator,
    trace: TraceContext,
    Json(input): Json<ProposeRuling>,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let propose = |dispute: Dispute, _: &Shop| {
        let ruling = Ruling {
            upheld: input.upheld,
            words: input.reason.clone(),
            proposed_by: by.staff_id,
            proposer: by.name.clone(),
            proposed_at: now(),
            decider: None,
            decided_at: None,
        };
        Ok(dispute.propose(ruling, now())?)
    };
    show(&app, change_dispute(&app, id, trace, propose).await?).await
}

pub(crate) async fn approve_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: Reviewer,
    version: IfMatch,
    trace: TraceContext,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let approve = |dispute: Dispute, _: &Shop| {
        version.require(dispute.version)?;
        let ruling = dispute.ruling.clone().ok_or(NO_RULING)?;
        let reviewer = StaffRole::Reviewer;
        ruling.proposal().require_approvable(by.staff_id, &by.roles, reviewer, now())?;
        Ok(dispute.rule(ruling, by.name.clone(), now())?)
    };
    show(&app, change_dispute(&app, id, trace, approve).await?).await
}

pub(crate) async fn reject_ruling(
    app: App,
    Id(id): Id<DisputeId>,
    by: Reviewer,
    version: IfMatch,
    trace: TraceContext,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let reject = |dispute: Dispute, _: &Shop| {
        version.require(dispute.version)?;
        let ruling = dispute.ruling.as_ref().ok_or(NO_RULING)?;
        ruling.proposal().require_rejectable(&by.roles, StaffRole::Reviewer)?;
        Ok(dispute.drop_proposal()?)
    };
    show(&app, change_dispute(&app, id, trace, reject).await?).await
}

async fn show(app: &App, dispute: Dispute) -> Result<Versioned<DisputeReviewBody>, Error> {
    let mut conn = app.database.conn().await?;
    let find = store::operations::find_payment_of;
    let payment: Option<Operation> = find(&mut conn, dispute.payment_id, dispute.payer).await?;
    Ok(Versioned {
        version: dispute.version,
        body: DisputeReviewBody {
            payer_id: dispute.payer,
            payment: PaymentBody::from(payment.ok_or(NO_PAYMENT)?),
            ruling: dispute.ruling.clone().map(RulingBody::from),
            dispute: dispute.into(),
        },
    })
}
