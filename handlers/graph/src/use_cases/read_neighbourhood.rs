//! Staff read who is near an account.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, Query, Staff};
use utoipa::{IntoParams, ToSchema};
use values::GraphAccountId;

use super::bound::{DAYS, DAYS_MAX, HOURS_IN_A_DAY, bounded};
use super::graph_cost::GraphCost;
use super::look::look;
use super::tied::{only_tied, require_tied};
use crate::App;
use crate::domain::{GraphAccountType, GraphEdge, GraphLookType, StoredEdge};
use crate::elements::Cost;
use crate::store::adjacency::{Reach, edges_of};

/// Steps from the account at most.
const DEPTH_MAX: u32 = 2;
/// Edges that are read of each account …
const EDGES_OF_ACCOUNT_MAX: usize = 200;
/// … and that an answer has.
const EDGES_MAX: usize = 1_000;
/// Accounts whose edges are read for one answer.
const ACCOUNTS_READ_MAX: usize = 50;

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
    let depth = bounded(within.depth, 1, DEPTH_MAX)?;
    let days = bounded(within.days, DAYS, DAYS_MAX)?;
    let reach = Reach {
        with_standing: true,
        ..Reach::hours(days.saturating_mul(HOURS_IN_A_DAY), EDGES_OF_ACCOUNT_MAX)
    };
    require_tied(&app, account).await?;
    let mut walk = Walk::default();
    let mut ring = BTreeSet::from([account]);
    for step in 1..=depth {
        let mut next = BTreeSet::new();
        for at in ring {
            if walk.accounts_read >= ACCOUNTS_READ_MAX || walk.edges.len() >= EDGES_MAX {
                walk.is_cut = true;
                break;
            }
            let mut found = edges_of(&app.elements, at, reach).await?;
            only_tied(&app, &mut found.edges).await?;
            walk.accounts_read = walk.accounts_read.saturating_add(1);
            walk.cost.add(found.cost);
            walk.is_cut |= found.is_cut;
            found.edges.into_iter().for_each(|edge| walk.meet(edge, at, step, &mut next));
        }
        ring = next;
    }
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

/// What was met on the way.
#[derive(Default)]
struct Walk {
    accounts: BTreeMap<GraphAccountId, (GraphAccountType, u32)>,
    edges: BTreeMap<String, StoredEdge>,
    accounts_read: usize,
    cost: Cost,
    is_cut: bool,
}

impl Walk {
    /// Of an edge that both of its ends showed only one is kept.
    fn meet(
        &mut self,
        edge: StoredEdge,
        from: GraphAccountId,
        step: u32,
        next: &mut BTreeSet<GraphAccountId>,
    ) {
        let key = edge.key();
        if self.edges.len() >= EDGES_MAX && !self.edges.contains_key(&key) {
            self.is_cut = true;
            return;
        }
        for (id, kind) in [edge.from, edge.to].into_iter().flatten() {
            let depth = if id == from { step.saturating_sub(1) } else { step };
            if let Entry::Vacant(account) = self.accounts.entry(id) {
                account.insert((kind, depth));
                if id != from {
                    next.insert(id);
                }
            }
        }
        self.edges.insert(key, edge);
    }
}
