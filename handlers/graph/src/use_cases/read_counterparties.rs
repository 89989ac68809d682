//! Staff read with whom an account dealt in some hours, and how much.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use service::{Error, Id, Json, Query, Staff};
use utoipa::{IntoParams, ToSchema};
use values::{Balance, GraphAccountId};

use super::bound::bounded;
use super::graph_cost::GraphCost;
use super::look::look;
use super::tied::{only_tied, require_tied};
use crate::App;
use crate::domain::{GraphAccountType, GraphLookType, StoredEdge, StoredEnd};
use crate::store::adjacency::{Reach, edges_of};

/// Thirty days, in which an account has two months at most.
const HOURS_MAX: u32 = 720;
const HOURS: u32 = 24;
/// Edges that are read for one answer.
const EDGES_MAX: usize = 5_000;
/// Counterparties that an answer has.
const COUNTERPARTIES_MAX: usize = 200;

/// How long is looked back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LastHours {
    /// 24 if absent, 720 at most.
    #[param(minimum = 1, maximum = 720)]
    hours: Option<u32>,
}

/// With whom an account dealt.
#[derive(Serialize, ToSchema)]
pub(crate) struct CounterpartiesBody {
    /// Those with whom the most money moved first, 200 at most.
    counterparties: Vec<GraphCounterparty>,
    /// Of whom it was paid, not only those that are shown.
    payer_count: usize,
    /// Whom it paid.
    payee_count: usize,
    /// All that was paid to it.
    paid_in: Balance,
    /// All that it paid.
    paid_out: Balance,
    /// False if more than 5,000 movements were in these hours: then it is of the newest.
    is_complete: bool,
    cost: GraphCost,
}

/// What moved between two accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphCounterparty {
    /// Null of all together whom nobody knows any more.
    account_id: Option<GraphAccountId>,
    /// Null of those.
    #[serde(rename = "type")]
    account_type: Option<GraphAccountType>,
    /// Movements from it.
    in_count: u32,
    /// What came from it.
    paid_in: Balance,
    /// Movements to it.
    out_count: u32,
    /// What went to it.
    paid_out: Balance,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    in_count: u32,
    paid_in: i64,
    out_count: u32,
    paid_out: i64,
}

pub(crate) async fn read_counterparties(
    app: App,
    Id(account): Id<GraphAccountId>,
    Query(last): Query<LastHours>,
    staff: Staff,
) -> Result<Json<CounterpartiesBody>, Error> {
    look(&app, &staff, GraphLookType::Counterparties, account).await?;
    let hours = bounded(last.hours, HOURS, HOURS_MAX)?;
    require_tied(&app, account).await?;
    let mut found = edges_of(&app.elements, account, Reach::hours(hours, EDGES_MAX)).await?;
    only_tied(&app, &mut found.edges).await?;
    let sums = sums_of(account, &found.edges);
    let all = sums.iter().map(|(_, sums)| sums);
    let total =
        |part: fn(&Sums) -> i64| Balance::hkd(all.clone().map(part).fold(0, i64::saturating_add));
    Ok(Json(CounterpartiesBody {
        payer_count: all.clone().filter(|sums| sums.in_count > 0).count(),
        payee_count: all.clone().filter(|sums| sums.out_count > 0).count(),
        paid_in: total(|sums| sums.paid_in),
        paid_out: total(|sums| sums.paid_out),
        counterparties: sums.into_iter().take(COUNTERPARTIES_MAX).map(counterparty).collect(),
        is_complete: !found.is_cut,
        cost: found.cost.into(),
    }))
}

/// The largest first.
fn sums_of(account: GraphAccountId, edges: &[StoredEdge]) -> Vec<(StoredEnd, Sums)> {
    let mut sums: BTreeMap<StoredEnd, Sums> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.has_moved) {
        let amount = edge.amount.map_or(0, values::Money::minor_units);
        let is_out = edge.from.is_some_and(|(id, _)| id == account);
        let sums = sums.entry(if is_out { edge.to } else { edge.from }).or_default();
        if is_out {
            sums.out_count = sums.out_count.saturating_add(1);
            sums.paid_out = sums.paid_out.saturating_add(amount);
        } else {
            sums.in_count = sums.in_count.saturating_add(1);
            sums.paid_in = sums.paid_in.saturating_add(amount);
        }
    }
    let mut sums: Vec<(StoredEnd, Sums)> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.paid_in.saturating_add(sums.paid_out)));
    sums
}

fn counterparty((end, sums): (StoredEnd, Sums)) -> GraphCounterparty {
    GraphCounterparty {
        account_id: end.map(|(id, _)| id),
        account_type: end.map(|(_, kind)| kind),
        in_count: sums.in_count,
        paid_in: Balance::hkd(sums.paid_in),
        out_count: sums.out_count,
        paid_out: Balance::hkd(sums.paid_out),
    }
}
