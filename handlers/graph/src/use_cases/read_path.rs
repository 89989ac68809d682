//! Staff read the shortest way that money took from one account to another.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use service::{Error, INVALID_QUERY, Id, Json, Query, Staff};
use utoipa::{IntoParams, ToSchema};
use values::{Balance, GraphAccountId, Money};

use super::bound::{DAYS, DAYS_MAX, HOURS_IN_A_DAY, bounded};
use super::graph_cost::GraphCost;
use super::look::look;
use super::tied::{only_tied, require_tied};
use crate::App;
use crate::domain::{GraphEdge, GraphLookType, PathSearch, StoredEdge};
use crate::elements::Cost;
use crate::store::adjacency::{Adjacency, Reach, edges_of};

/// Accounts whose edges are read for one answer …
const ACCOUNTS_READ_MAX: usize = 60;
/// … at once …
const ACCOUNTS_AT_ONCE: usize = 8;
/// … and edges of each.
const EDGES_OF_ACCOUNT_MAX: usize = 200;
/// Once so many pages were read no further account is asked: one of a busy shop is 200 of them.
const QUERIES_MAX: u32 = 1_000;

/// To whom, and how long is looked back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathTo {
    /// The account that the money reached.
    to: GraphAccountId,
    /// Days back: 30 if absent, 366 at most.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// How money came from one account to another.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphPathBody {
    /// The shortest way, hop by hop along the money, 6 at most; none if there is none. The moments
    /// need not rise.
    hops: Vec<GraphHop>,
    /// False if an account on the way has more than 200 edges, more than 60 accounts or 1,000 pages
    /// would have had to be read, or money went through somebody who was forgotten: then a shorter
    /// way may be missing, or any.
    is_complete: bool,
    /// Accounts whose edges were read.
    accounts_read_count: usize,
    cost: GraphCost,
}

/// What moved from an account to the next of the way.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphHop {
    from_account_id: Option<GraphAccountId>,
    to_account_id: Option<GraphAccountId>,
    movement_count: usize,
    total: Balance,
    /// The newest of them.
    newest: GraphEdge,
}

pub(crate) async fn read_path(
    app: App,
    Id(from): Id<GraphAccountId>,
    // Before the query, which must have something: strangers learn nothing of it.
    staff: Staff,
    Query(PathTo { to, days }): Query<PathTo>,
) -> Result<Json<GraphPathBody>, Error> {
    for account in [from, to] {
        look(&app, &staff, GraphLookType::Path, account).await?;
    }
    if from == to {
        return Err(INVALID_QUERY.because("both ends are the same account").into());
    }
    let days = bounded(days, DAYS, DAYS_MAX)?;
    let reach = Reach::hours(days.saturating_mul(HOURS_IN_A_DAY), EDGES_OF_ACCOUNT_MAX);
    for account in [from, to] {
        require_tied(&app, account).await?;
    }
    let mut search = PathSearch::new(from, to);
    let (mut cost, mut is_cut, mut accounts_read) = (Cost::default(), false, 0_usize);
    while let Some((direction, ring)) = search.next() {
        let room = ACCOUNTS_READ_MAX.saturating_sub(accounts_read);
        is_cut |= ring.len() > room;
        if room == 0 {
            break;
        }
        let asked: Vec<_> = ring.into_iter().take(room).collect();
        let mut found = Vec::new();
        for some in asked.chunks(ACCOUNTS_AT_ONCE) {
            if cost.queries >= QUERIES_MAX {
                is_cut = true;
                break;
            }
            let reads = some.iter().copied().map(|at| tied_edges(&app, at, reach));
            let read: Vec<Adjacency> =
                stream::iter(reads).buffered(ACCOUNTS_AT_ONCE).try_collect().await?;
            read.iter().for_each(|part| cost.add(part.cost));
            found.extend(read);
        }
        accounts_read = accounts_read.saturating_add(found.len());
        is_cut |= found.iter().any(|part| part.is_cut);
        search.go_on(direction, found.into_iter().flat_map(|part| part.edges).collect());
    }
    is_cut |= search.leads_to_nobody();
    let hops = search.path().unwrap_or_default();
    Ok(Json(GraphPathBody {
        hops: hops.into_iter().filter_map(hop).collect(),
        is_complete: !is_cut,
        accounts_read_count: accounts_read,
        cost: cost.into(),
    }))
}

async fn tied_edges(app: &App, at: GraphAccountId, reach: Reach) -> Result<Adjacency, Error> {
    let mut found = edges_of(&app.elements, at, reach).await?;
    only_tied(app, &mut found.edges).await?;
    Ok(found)
}

fn hop(movements: Vec<StoredEdge>) -> Option<GraphHop> {
    let cents = movements.iter().filter_map(|movement| movement.amount.map(Money::minor_units));
    let (total, movement_count) = (cents.fold(0, i64::saturating_add), movements.len());
    let by_time = |one: &StoredEdge| (one.happened_at, one.operation.clone());
    let newest = movements.into_iter().max_by_key(by_time)?;
    Some(GraphHop {
        from_account_id: newest.from.map(|(id, _)| id),
        to_account_id: newest.to.map(|(id, _)| id),
        movement_count,
        total: Balance::hkd(total),
        newest: newest.into(),
    })
}
