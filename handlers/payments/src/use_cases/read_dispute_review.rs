//! Members of staff see what is disputed, and how others propose to decide it.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, Id, Json, List, Page, Staff, Versioned};
use utoipa::{IntoParams, ToSchema};
use values::{DisputeId, Operator, Reason, Timestamp, UserId};

use super::{DisputeBody, PaymentBody};
use crate::domain::{
    DecisionStatus, Dispute, DisputeStatus, NO_DISPUTE, NO_PAYMENT, Reader, Ruling,
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

/// A dispute, as staff see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeReviewBody {
    dispute: DisputeBody,
    payer_id: UserId,
    /// As its payer reads it.
    payment: PaymentBody,
    /// What is proposed, or was decided; null if nothing.
    ruling: Option<RulingBody>,
}

/// What staff propose, or have decided.
#[derive(Serialize, ToSchema)]
struct RulingBody {
    upheld: bool,
    reason: Reason,
    status: DecisionStatus,
    #[schema(inline)]
    proposer: Operator,
    proposed_at: Timestamp,
    /// Who has agreed, or dropped it; null until then.
    decider: Option<Operator>,
    decided_at: Option<Timestamp>,
}

impl From<Ruling> for RulingBody {
    fn from(Ruling { upheld, decision, .. }: Ruling) -> Self {
        Self {
            upheld,
            status: decision.status,
            reason: decision.reason,
            proposer: decision.proposer,
            proposed_at: decision.proposed_at.into(),
            decider: decision.decider,
            decided_at: decision.decided_at.map(Timestamp::from),
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

/// With the version that a decision names.
pub(super) async fn show(
    app: &App,
    dispute: Dispute,
) -> Result<Versioned<DisputeReviewBody>, Error> {
    let mut conn = app.database.conn().await?;
    let find = store::operations::find_payment_of;
    let payment = find(&mut conn, dispute.payment_id, dispute.payer).await?;
    let (role, payment) = payment.ok_or(NO_PAYMENT)?;
    let reader = Reader::of(role, true, payment.created_at, now())?;
    Ok(Versioned {
        version: dispute.version,
        body: DisputeReviewBody {
            payer_id: dispute.payer,
            payment: PaymentBody::read_by(reader, payment),
            ruling: dispute.ruling.clone().map(RulingBody::from),
            dispute: dispute.into(),
        },
    })
}
