//! Staff read who is near an account.

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, Query, Staff};
use utoipa::{IntoParams, ToSchema};
use values::GraphAccountId;

use super::graph_cost::GraphCost;
use super::look::look;
use super::walk::walk;
use crate::App;
use crate::domain::{GraphAccountType, GraphEdge, GraphLookType};

/// How far is looked.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Within {
    /// Steps from the account: 1 if absent, 2 at most.
    #[param(minimum = 1, maximum = 2)]
    depth: Option<u32>,
    /// Days back: 30 if absent, 366 at most. Who stands how to whom is shown whenever it began.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// Accounts near one, and what is between them.
#[derive(Serialize, ToSchema)]
pub(crate) struct NeighbourhoodBody {
    accounts: Vec<GraphNeighbour>,
    edges: Vec<GraphEdge>,
    /// False if there is more than an answer has: 200 edges of an account, 1,000 in all, of 50
    /// accounts.
    is_complete: bool,
    cost: GraphCost,
}

/// An account that is near.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphNeighbour {
    account_id: GraphAccountId,
    #[serde(rename = "type")]
    account_type: GraphAccountType,
    /// Steps from the account that was asked for, which is at 0.
    depth: u32,
}

pub(crate) async fn read_neighbourhood(
    app: App,
    Id(account): Id<GraphAccountId>,
    Query(within): Query<Within>,
    staff: Staff,
) -> Result<Json<NeighbourhoodBody>, Error> {
    look(&app, &staff, GraphLookType::Neighbourhood, account).await?;
    let walk = walk(&app, account, within.depth, within.days).await?;
    let accounts = walk.accounts.into_iter().map(|(account_id, (account_type, depth))| {
        GraphNeighbour { account_id, account_type, depth }
    });
    Ok(Json(NeighbourhoodBody {
        accounts: accounts.collect(),
        edges: walk.edges.into_values().map(GraphEdge::from).collect(),
        is_complete: !walk.is_cut,
        cost: walk.cost.into(),
    }))
}
