//! The graph's container in Cosmos DB.
//!
//! The client waits as Cosmos tells it to when that is too busy (429); what is still refused after
//! that fails the batch, which the host brings again. Connects at first use.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::Url;
use azure_data_cosmos::feed::{ContinuationToken, QueryFeedPage};
use azure_data_cosmos::options::{
    ChangeFeedOptions, ChangeFeedStartFrom, ItemWriteOptions, OperationOptions, Precondition,
    ThrottlingRetryOptions,
};
use azure_data_cosmos::{
    AccountReference, ContainerClient, CosmosClient, CosmosError, CosmosRuntime, FeedScope, Query,
    RoutingStrategy,
};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value};
use service::{ConfigError, Error};
use tokio::sync::OnceCell;

use crate::domain::Element;

const DATABASE: &str = "graph";
pub(crate) const CONTAINER: &str = "elements";
/// Partitions that a batch writes to at once; in each, one document after the other.
const PARTITIONS_AT_ONCE: usize = 16;
/// How often the client repeats what Cosmos is too busy for, and how long it waits for that in all.
const THROTTLED_MAX: u32 = 9;
const THROTTLED_TIME_MAX: Duration = Duration::from_secs(10);
/// How often a document is read again that somebody else changed in between.
const RACES_MAX: u32 = 10;
/// Vertices of which an instance remembers that they stand, some 80 bytes each.
const REMEMBERED_MAX: usize = 100_000;

/// The container.
#[derive(Clone)]
pub(crate) struct Elements {
    endpoint: Url,
    identity: Arc<dyn TokenCredential>,
    container: Arc<OnceCell<ContainerClient>>,
    /// What never changes and stands: it needs no request.
    remembered: Arc<Mutex<HashSet<String>>>,
}

/// What was read, and what it cost.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) documents: Vec<Map<String, Value>>,
    pub(crate) cost: Cost,
    /// Whether there is more than was asked for.
    pub(crate) is_cut: bool,
}

/// What was written since a place of the change feed.
#[derive(Debug)]
pub(crate) struct Changes {
    /// The last version of each document.
    pub(crate) documents: Vec<Map<String, Value>>,
    /// Where to go on.
    pub(crate) place: String,
    /// Whether nothing was left.
    pub(crate) is_all: bool,
}

/// What Cosmos asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) queries: u32,
    pub(crate) request_units: f64,
}

impl Cost {
    pub(crate) fn add(&mut self, other: Self) {
        self.queries = self.queries.saturating_add(other.queries);
        self.request_units += other.request_units;
    }

    /// Rounded up; `None` where nothing is charged.
    pub(crate) fn request_units(self) -> Option<u64> {
        format!("{:.0}", self.request_units.ceil()).parse().ok().filter(|units| *units > 0)
    }
}

impl Elements {
    pub(crate) fn new(
        endpoint: &str,
        identity: Arc<dyn TokenCredential>,
    ) -> Result<Self, ConfigError> {
        let endpoint = endpoint
            .parse()
            .map_err(|_| ConfigError::Invalid("GRAPH_COSMOS_ENDPOINT", "a URL is expected"))?;
        let (container, remembered) = (Arc::default(), Arc::default());
        Ok(Self { endpoint, identity, container, remembered })
    }

    async fn container(&self) -> Result<&ContainerClient, CosmosError> {
        let connect = async || {
            let identity = Arc::clone(&self.identity);
            let account = AccountReference::with_credential(self.endpoint.clone().into(), identity);
            // The account has one region.
            let routing = RoutingStrategy::PreferredRegions(Vec::new());
            // Connections of its own: those of the process die with the tokio runtime that opened
            // them, of which each test has one.
            let client = CosmosClient::builder()
                .with_runtime(CosmosRuntime::builder().build().await?)
                .with_default_operation_options(patience())
                .build(account, routing)
                .await?;
            client.database_client(DATABASE).container_client(CONTAINER, None).await
        };
        self.container.get_or_try_init(connect).await
    }

    /// Whether the container answers.
    pub(crate) async fn is_ready(&self) -> bool {
        let answer = async { self.container().await?.read_item("health", "health", None).await };
        answer.await.err().is_none_or(|error| error.status().is_not_found())
    }

    /// Takes nothing for standing that was not seen: the container may have been lost.
    pub(crate) fn remember_nothing(&self) {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Writes what is new or newer of these.
    pub(crate) async fn save(&self, elements: Vec<Element>) -> Result<(), Error> {
        let mut partitions: BTreeMap<String, BTreeMap<String, Element>> = BTreeMap::new();
        for element in elements {
            if element.known.is_empty() && self.remembers(&element) {
                continue;
            }
            let partition = partitions.entry(element.partition.clone()).or_default();
            match partition.get_mut(&element.id) {
                Some(same) => same.absorb(element),
                None => drop(partition.insert(element.id.clone(), element)),
            }
        }
        let writes = partitions.into_values().map(|elements| self.save_partition(elements));
        stream::iter(writes)
            .buffer_unordered(PARTITIONS_AT_ONCE)
            .try_collect::<()>()
            .await
            .map_err(away)
    }

    async fn save_partition(&self, elements: BTreeMap<String, Element>) -> Result<(), CosmosError> {
        let container = self.container().await?;
        for element in elements.into_values() {
            save_element(container, &element).await?;
            if element.known.is_empty() {
                self.remember(&element);
            }
        }
        Ok(())
    }

    fn remembers(&self, element: &Element) -> bool {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.contains(&place(element))
    }

    fn remember(&self, element: &Element) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(place(element));
    }

    /// All that a query finds, page by page.
    pub(crate) async fn pages(
        &self,
        query: Query,
        scope: FeedScope,
    ) -> Result<BoxStream<'static, Result<Found, Error>>, Error> {
        let open = async {
            let items =
                self.container().await?.query_items::<Map<String, Value>>(query, scope, None);
            Ok(items.await?.into_pages())
        };
        let pages = open.await.map_err(away)?;
        let found = |page: Result<QueryFeedPage<Map<String, Value>>, CosmosError>| {
            let page = page.map_err(away)?;
            let charge = page.headers().request_charge().map_or(0.0, |charge| charge.value());
            let cost = Cost { queries: 1, request_units: charge };
            Ok(Found { documents: page.into_items(), cost, is_cut: false })
        };
        Ok(pages.map(found).boxed())
    }

    /// What a query finds, no more than so many documents.
    pub(crate) async fn query(
        &self,
        query: Query,
        scope: FeedScope,
        documents_max: usize,
    ) -> Result<Found, Error> {
        let mut found = Found::default();
        let mut pages = self.pages(query, scope).await?;
        while let Some(page) = pages.try_next().await? {
            found.cost.add(page.cost);
            found.documents.extend(page.documents);
            if found.documents.len() > documents_max {
                found.documents.truncate(documents_max);
                found.is_cut = true;
                break;
            }
        }
        Ok(found)
    }
}

impl Elements {
    /// Writes a document, whatever stands in its place.
    pub(crate) async fn put(&self, document: Map<String, Value>) -> Result<(), Error> {
        let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
        let (partition, id) = (text("partition").to_owned(), text("id").to_owned());
        let write = async {
            self.container().await?.upsert_item(partition, &id, document, None).await.map(drop)
        };
        write.await.map_err(away)
    }

    /// What was written after a place, or ever, in the order of each partition; it stops soon after
    /// so many documents.
    pub(crate) async fn changes(
        &self,
        place: Option<String>,
        documents_max: usize,
    ) -> Result<Changes, Error> {
        let read = async {
            let container = self.container().await?;
            let ranges = container.read_feed_ranges(None).await?.len();
            let mut options = ChangeFeedOptions::default();
            options.feed.continuation_token = place.map(ContinuationToken::from_string);
            let (all, first) = (FeedScope::full_container(), ChangeFeedStartFrom::Beginning);
            let mut pages = container
                .query_change_feed::<Map<String, Value>>(all, first, Some(options))
                .await?;
            // One range after the other is asked, and each that has nothing new says so.
            let (mut documents, mut empty) = (Vec::new(), 0_usize);
            while empty < ranges && documents.len() < documents_max {
                let Some(page) = pages.try_next().await? else { break };
                let items = page.into_items();
                empty = if items.is_empty() { empty.saturating_add(1) } else { 0 };
                documents.extend(items.into_iter().filter_map(|item| item.current().cloned()));
            }
            let place = pages.to_continuation_token()?.as_str().to_owned();
            Ok(Changes { documents, place, is_all: empty >= ranges })
        };
        read.await.map_err(away)
    }
}

/// Creates the document, or changes it if what is stored is older: never over what somebody else
/// wrote in between.
async fn save_element(container: &ContainerClient, element: &Element) -> Result<(), CosmosError> {
    let (partition, id) = (&element.partition, &element.id);
    let mut race: u32 = 0;
    loop {
        let created = container.create_item(partition.clone(), id, element.document(), None).await;
        let Err(error) = created else { return Ok(()) };
        if !error.status().is_conflict() {
            return Err(error);
        }
        if element.known.is_empty() {
            return Ok(());
        }
        let stored = container.read_item(partition.clone(), id, None).await?;
        let etag = stored.headers().etag().cloned();
        let stored: Map<String, Value> = stored.into_model()?;
        let Some(merged) = element.merged(&stored) else { return Ok(()) };
        // Without its tag nothing could be compared, so nothing is written.
        let Some(etag) = etag else { return Err(error) };
        let unchanged = Precondition::if_match(etag);
        let options = ItemWriteOptions::default().with_precondition(unchanged);
        match container.replace_item(partition.clone(), id, merged, Some(options)).await {
            Ok(_) => return Ok(()),
            Err(error) if error.status().is_precondition_failed() && race < RACES_MAX => {
                race = race.saturating_add(1);
            }
            Err(error) => return Err(error),
        }
    }
}

fn patience() -> OperationOptions {
    let mut throttling = ThrottlingRetryOptions::default();
    throttling.max_retry_count = Some(THROTTLED_MAX);
    throttling.max_retry_wait_time = Some(THROTTLED_TIME_MAX);
    let mut options = OperationOptions::default();
    options.throttling_retry_options = Some(throttling);
    options
}

fn place(element: &Element) -> String {
    format!("{} {}", element.partition, element.id)
}

/// Not the whole text of the error: it holds a page of diagnostics, ids among them.
fn away(error: CosmosError) -> Error {
    tracing::error!(status = ?error.status(), "the graph's store does not answer as it should");
    Error::Unavailable("The graph is away for a moment.")
}
