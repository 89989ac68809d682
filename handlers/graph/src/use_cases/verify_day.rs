//! An operator compares a day of the graph with the ledger, edge by edge.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::{Map, Value};
use service::{Error, FunctionKey, Id, Json};
use utoipa::ToSchema;
use values::{Balance, GraphAccountId, HongKongDate};

use super::graph_cost::GraphCost;
use super::project_events::names_of;
use super::rebuild_day::{ANSWER_TIME, facts_of};
use crate::domain::{Books, DIFFERENCES_MAX, Day, DayBooks, EdgeBooks, Tally, elements_of, named};
use crate::elements::Cost;
use crate::{App, store};

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
    /// Edges that are missing, should not be, or say something else, 100 at most. None if with
    /// those of accounts before it they are more than are looked at one by one, 200,000.
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
    Ok(Json(compare(&app, day).await?))
}

/// Both, read once: whose edges differ, and not which.
pub(super) async fn sums_of(app: &App, day: HongKongDate) -> Result<(DayBooks, Cost), Error> {
    let (mut books, mut cost) = (DayBooks::default(), Cost::default());
    read_into(app, day, &mut books, &mut cost).await?;
    Ok((books, cost))
}

/// Reads both once, and once more if they differ: only then which edges do.
async fn compare(app: &App, day: HongKongDate) -> Result<VerifiedDayBody, Error> {
    let (books, mut cost) = sums_of(app, day).await?;
    let differences = books.differences();
    let mut edges = BTreeMap::new();
    if !differences.is_empty() {
        let mut of_accounts = EdgeBooks::of(named(&differences));
        read_into(app, day, &mut of_accounts, &mut cost).await?;
        edges = of_accounts.differ();
    }
    let named = differences.iter().take(DIFFERENCES_MAX);
    Ok(VerifiedDayBody {
        day,
        is_equal: differences.is_empty(),
        ledger: books.ledger.into(),
        graph: books.graph.into(),
        account_count: books.account_count(),
        forgotten_edge_count: books.forgotten_edges,
        differences: named
            .map(|(account_id, books)| GraphDifference {
                account_id: *account_id,
                ledger: books.ledger.into(),
                graph: books.graph.into(),
                edges: edges
                    .remove(account_id)
                    .into_iter()
                    .flatten()
                    .take(DIFFERENCES_MAX)
                    .collect(),
            })
            .collect(),
        cost: cost.into(),
    })
}

/// What the ledger says of the day, page by page, and then what there is.
async fn read_into(
    app: &App,
    day: HongKongDate,
    books: &mut (impl Books + Send),
    cost: &mut Cost,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let (facts, last) = facts_of(app, day, after).await?;
        let names = names_of(app, &facts).await?;
        for fact in &facts {
            let elements = elements_of(fact, &names, &app.index).into_iter();
            elements.for_each(|element| books.expect_if_money(element.document()));
        }
        after = last;
        if after.is_none() {
            break;
        }
    }
    let mut pages = store::adjacency::movements_of_day(&app.elements, day).await?;
    while let Some(page) = pages.try_next().await? {
        cost.add(page.cost);
        let tied = tied(app, &page.documents).await?;
        page.documents.iter().for_each(|document| books.find_if_tied(document, &tied));
    }
    Ok(())
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
