//! Staff read where the money of a payment came from, and where it went.

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, Query, Staff};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::bound::bounded;
use super::graph_cost::GraphCost;
use super::look::look;
use super::tied::only_tied;
use crate::App;
use crate::domain::{
    GraphEdge, GraphLookType, NO_MOVEMENT, OperationName, StoredEdge, StoredEnd, operation_digest,
};
use crate::elements::Cost;
use crate::store::adjacency::{Adjacency, Reach, edges_of, halves_of};

const HOURS_MAX: u32 = 168;
const HOURS: u32 = 24;
/// Edges before, and after.
const EDGES_MAX: usize = 200;

/// How long before and after is looked.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoursAround {
    /// 24 if absent, 168 at most.
    #[param(minimum = 1, maximum = 168)]
    hours: Option<u32>,
}

/// The money of a payment, one step back and one on.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentFlowBody {
    payment: GraphEdge,
    /// What came to whose money it was, in the hours before, newest first.
    before: Vec<GraphEdge>,
    /// What left whose money it is, in the hours after, newest first.
    after: Vec<GraphEdge>,
    /// False if there were more than 200 of one.
    is_complete: bool,
    cost: GraphCost,
}

pub(crate) async fn read_payment_flow(
    app: App,
    Id(name): Id<OperationName>,
    Query(around): Query<HoursAround>,
    staff: Staff,
) -> Result<Json<PaymentFlowBody>, Error> {
    look(&app, &staff, GraphLookType::PaymentFlow, &name).await?;
    let digest = match name {
        OperationName::Id(id) => operation_digest(&app.index, &id),
        OperationName::Digest(digest) => digest,
    };
    let mut found = halves_of(&app.elements, &digest).await?;
    only_tied(&app, &mut found.edges).await?;
    // Of one whose other end was forgotten in between, the half that says more.
    let payment =
        found.edges.into_iter().max_by_key(|half| (half.from.is_some(), half.to.is_some()));
    let payment = payment.ok_or(NO_MOVEMENT)?;
    let at = payment.happened_at.ok_or(NO_MOVEMENT)?;
    let hours = Duration::hours(bounded(around.hours, HOURS, HOURS_MAX)?.into());
    // What payments decided together has one moment, and money may pass on in it.
    let instant = Duration::microseconds(1);
    let back = (at.saturating_sub(hours), at.saturating_add(instant));
    let on = (at, at.saturating_add(hours).saturating_add(instant));
    let is_other = |edge: &StoredEdge| edge.operation != payment.operation;
    let came = |edge: &StoredEdge| edge.to == payment.from && is_other(edge);
    let left = |edge: &StoredEdge| edge.from == payment.to && is_other(edge);
    let before = around_end(&app, payment.from, back, came).await?;
    let after = around_end(&app, payment.to, on, left).await?;
    let mut cost = found.cost;
    [before.cost, after.cost].into_iter().for_each(|part: Cost| cost.add(part));
    Ok(Json(PaymentFlowBody {
        is_complete: !before.is_cut && !after.is_cut,
        before: before.edges.into_iter().map(GraphEdge::from).collect(),
        after: after.edges.into_iter().map(GraphEdge::from).collect(),
        payment: payment.into(),
        cost: cost.into(),
    }))
}

async fn around_end(
    app: &App,
    end: StoredEnd,
    (since, until): (OffsetDateTime, OffsetDateTime),
    is_wanted: impl Fn(&StoredEdge) -> bool,
) -> Result<Adjacency, Error> {
    let Some((account, _)) = end else { return Ok(Adjacency::default()) };
    let reach = Reach { since, until, with_standing: false, edges_max: EDGES_MAX };
    let mut found = edges_of(&app.elements, account, reach).await?;
    found.edges.retain(|edge| edge.has_moved && is_wanted(edge));
    only_tied(app, &mut found.edges).await?;
    Ok(found)
}
