//! What is read of the graph: the edges of an account, newest first, as many as are asked for;
//! those of an operation, and of a day.

use azure_data_cosmos::{FeedScope, Query};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value};
use service::Error;
use time::{Duration, OffsetDateTime};
use values::{GraphAccountId, HongKongDate};

use crate::domain::{IN_MONTH, StoredEdge, hong_kong_months, moment};
use crate::elements::{Cost, Elements, Found};

/// Edges to months that are read of an account: those of a business of five years.
const MONTHS_MAX: usize = 1_000;
/// Halves of a movement.
const HALVES_MAX: usize = 2;
/// Partitions that one question reads at once.
const PARTITIONS_AT_ONCE: usize = 8;

/// What is asked of an account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    pub(crate) since: OffsetDateTime,
    /// Exclusive.
    pub(crate) until: OffsetDateTime,
    /// Whether also what stands and does not happen: friends, owners.
    pub(crate) with_standing: bool,
    pub(crate) edges_max: usize,
}

/// The edges of an account.
#[derive(Debug, Default)]
pub(crate) struct Adjacency {
    pub(crate) edges: Vec<StoredEdge>,
    pub(crate) cost: Cost,
    /// Whether there are more.
    pub(crate) is_cut: bool,
}

impl Reach {
    /// The so many hours until now.
    pub(crate) fn hours(hours: u32, edges_max: usize) -> Self {
        let now = OffsetDateTime::now_utc();
        let since = now.saturating_sub(Duration::hours(hours.into()));
        Self { since, until: now, with_standing: false, edges_max }
    }
}

impl Adjacency {
    fn take(&mut self, found: Found) {
        self.cost.add(found.cost);
        self.is_cut |= found.is_cut;
        self.edges.extend(found.documents.iter().filter_map(StoredEdge::read));
    }
}

/// The edges of an account, those that stand first, then the newest.
pub(crate) async fn edges_of(
    elements: &Elements,
    account: GraphAccountId,
    reach: Reach,
) -> Result<Adjacency, Error> {
    let mut adjacency = Adjacency::default();
    let own = || FeedScope::partition(account.to_string());
    let months = Query::from("SELECT * FROM c WHERE c.label = @label");
    let months = months.with_parameter("@label", IN_MONTH).map_err(Error::internal)?;
    let months = elements.query(months, own(), MONTHS_MAX).await?;
    adjacency.cost.add(months.cost);
    adjacency.is_cut |= months.is_cut;
    if reach.with_standing {
        let standing = Query::from("SELECT * FROM c WHERE IS_DEFINED(c['from'])");
        adjacency.take(elements.query(standing, own(), reach.edges_max).await?);
    }
    for month in hong_kong_months(reach.since, reach.until) {
        let missing = reach.edges_max.saturating_sub(adjacency.edges.len());
        let parts: Vec<String> =
            months.documents.iter().filter_map(|edge| part_of(edge, &month)).collect();
        if parts.is_empty() {
            continue;
        }
        if missing == 0 {
            adjacency.is_cut = true;
            break;
        }
        let parts = parts.into_iter().map(|part| in_month(elements, part, reach, missing));
        let found: Vec<Found> =
            stream::iter(parts).buffer_unordered(PARTITIONS_AT_ONCE).try_collect().await?;
        let mut newest = Adjacency::default();
        found.into_iter().for_each(|found| newest.take(found));
        newest.edges.sort_by_key(|edge| std::cmp::Reverse(edge.happened_at));
        adjacency.is_cut |= newest.is_cut || newest.edges.len() > missing;
        newest.edges.truncate(missing);
        adjacency.cost.add(newest.cost);
        adjacency.edges.extend(newest.edges);
    }
    Ok(adjacency)
}

/// A movement, as each of its ends keeps it. In whose month it stands is not known, so each of
/// Cosmos' partitions is asked, by an index.
pub(crate) async fn halves_of(elements: &Elements, operation: &str) -> Result<Adjacency, Error> {
    let query = Query::from("SELECT * FROM c WHERE c.operation = @operation AND IS_DEFINED(c.day)");
    let query = query.with_parameter("@operation", operation).map_err(Error::internal)?;
    let mut halves = Adjacency::default();
    halves.take(elements.query(query, FeedScope::full_container(), HALVES_MAX).await?);
    Ok(halves)
}

/// All money that moved on a day of Hong Kong, each movement as each of its ends keeps it, page by
/// page.
pub(crate) async fn movements_of_day(
    elements: &Elements,
    day: HongKongDate,
) -> Result<BoxStream<'static, Result<Found, Error>>, Error> {
    let query = Query::from("SELECT * FROM c WHERE c.day = @day");
    let query = query.with_parameter("@day", day.0.to_string()).map_err(Error::internal)?;
    elements.pages(query, FeedScope::full_container()).await
}

/// A partition of this month, if the edge leads to one.
fn part_of(edge: &Map<String, Value>, month: &str) -> Option<String> {
    let text = |name: &str| edge.get(name)?.as_str();
    (text("month")? == month).then(|| text("_sink").map(str::to_owned)).flatten()
}

async fn in_month(
    elements: &Elements,
    partition: String,
    reach: Reach,
    edges_max: usize,
) -> Result<Found, Error> {
    let query = Query::from(
        "SELECT * FROM c WHERE c.happened_at >= @since AND c.happened_at < @until
         ORDER BY c.happened_at DESC",
    );
    let query = query
        .with_parameter("@since", moment(reach.since))
        .and_then(|query| query.with_parameter("@until", moment(reach.until)))
        .map_err(Error::internal)?;
    elements.query(query, FeedScope::partition(partition), edges_max).await
}
