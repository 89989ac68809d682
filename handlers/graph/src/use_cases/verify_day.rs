//! An operator compares a day of the graph with the ledger, edge by edge.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Balance, GraphAccountId, HongKongDate};

use super::graph_cost::GraphCost;
use super::project_events::names_of;
use super::rebuild_day::{ANSWER_TIME, facts_of};
use crate::domain::{DAY_TOO_LARGE, Day, DayBooks, Tally, elements_of};
use crate::{App, store};

/// Accounts, and edges of each, that are named.
const DIFFERENCES_MAX: usize = 100;

/// A day of the graph beside that of the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerifiedDayBody {
    day: HongKongDate,
    is_equal: bool,
    /// All edges that the ledger says there are: of each movement one for each end.
    ledger: GraphTally,
    /// All that there are.
    graph: GraphTally,
    account_count: usize,
    /// Edges of accounts of which nobody knows any more whose they were: not compared.
    forgotten_edge_count: u64,
    /// Accounts whose edges are not what the ledger says, 100 at most.
    differences: Vec<GraphDifference>,
    cost: GraphCost,
}

/// Some edges.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphTally {
    edge_count: u64,
    total: Balance,
    /// Equal for the same documents, in whatever order.
    #[schema(example = "0f343b0931126a20f133d67c2b018a3b")]
    digest: String,
}

/// An account whose edges are not what the ledger says.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphDifference {
    account_id: GraphAccountId,
    ledger: GraphTally,
    graph: GraphTally,
    /// Edges that are missing, should not be, or say something else, 100 at most.
    edges: Vec<String>,
}

impl From<Tally> for GraphTally {
    fn from(tally: Tally) -> Self {
        let Tally { count, sum, digest } = tally;
        Self { edge_count: count, total: Balance::hkd(sum), digest: format!("{digest:032x}") }
    }
}

pub(crate) async fn verify_day(
    app: App,
    _: FunctionKey,
    Id(Day(day)): Id<Day>,
) -> Result<Json<VerifiedDayBody>, Error> {
    service::allow_answer_time(ANSWER_TIME);
    let facts = facts_of(&app, day).await?;
    let names = names_of(&app, &facts).await?;
    let expected = facts.iter().flat_map(|fact| elements_of(fact, &names, &app.index));
    let expected = expected.map(|element| element.document());
    let found = store::adjacency::movements_of_day(&app.elements, day).await?;
    if found.is_cut {
        return Err(DAY_TOO_LARGE.into());
    }
    let tied = tied(&app, &found.documents).await?;
    let books = DayBooks::compare(expected, &found.documents, &tied);
    if !books.differences.is_empty() {
        let accounts = books.differences.len();
        tracing::error!(day = %day.0, accounts, "the graph is not what the ledger says");
    }
    let differences = books.differences.into_iter().take(DIFFERENCES_MAX);
    Ok(Json(VerifiedDayBody {
        day,
        is_equal: books.is_equal,
        ledger: books.ledger.into(),
        graph: books.graph.into(),
        account_count: books.account_count,
        forgotten_edge_count: books.forgotten_edges,
        differences: differences
            .map(|(account_id, difference)| GraphDifference {
                account_id,
                ledger: difference.ledger.into(),
                graph: difference.graph.into(),
                edges: difference.edges.into_iter().take(DIFFERENCES_MAX).collect(),
            })
            .collect(),
        cost: found.cost.into(),
    }))
}

/// Those of the accounts of these documents that are still somebody's.
async fn tied(
    app: &App,
    documents: &[Map<String, Value>],
) -> Result<BTreeSet<GraphAccountId>, Error> {
    const AT_ONCE: usize = 1_000;
    let ids = documents.iter().flat_map(|document| ["from", "to"].map(|end| document.get(end)));
    let ids: BTreeSet<GraphAccountId> = ids.filter_map(|id| id?.as_str()?.parse().ok()).collect();
    let ids: Vec<GraphAccountId> = ids.into_iter().collect();
    let mut tied = BTreeSet::new();
    let mut conn = app.database.conn().await?;
    for part in ids.chunks(AT_ONCE) {
        let part = part.iter().copied().collect();
        tied.extend(store::pseudonyms::list_tied(&mut conn, &part).await?);
    }
    Ok(tied)
}
