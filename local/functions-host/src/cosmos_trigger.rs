//! Reads the change feed of a container and delivers its documents, with leases that say how far.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use azure_data_cosmos::feed::{ContinuationToken, FeedRange};
use azure_data_cosmos::options::{ChangeFeedOptions, ChangeFeedStartFrom};
use azure_data_cosmos::{CosmosError, FeedScope};
use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::app::App;
use crate::cosmos_connection::Unreachable;
use crate::cosmos_lease::{Lease, LeaseError};
use crate::envelope::Envelope;
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::proxy::HandlerClient;
use crate::triggers::{CosmosTrigger, FeedStart};

/// The wait before a part is tried again that could not be read.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why a part of the feed cannot be read at the moment.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error("the change feed answers {0:?}")]
    Refused(azure_data_cosmos::CosmosStatus),
    #[error("the change feed has ended")]
    Ended,
}

impl From<CosmosError> for ReadError {
    fn from(error: CosmosError) -> Self {
        Self::Refused(error.status())
    }
}

/// What one trigger needs to run. Cheap to clone.
#[derive(Clone)]
pub(crate) struct FeedReader {
    /// Its app.
    pub(crate) app: Arc<App>,
    /// Its function.
    pub(crate) function: Arc<Function>,
    /// What starts the function.
    pub(crate) trigger: Arc<CosmosTrigger>,
    /// The way to the handler.
    pub(crate) client: HandlerClient,
}

impl FeedReader {
    /// Reads all parts until the app host stops, however often the account goes away.
    pub(crate) async fn run(self) {
        let mut is_failing = false;
        let parts = loop {
            match self.parts().await {
                Ok(parts) => break parts,
                Err(error) => self.pause("all", &error, &mut is_failing).await,
            }
        };
        let mut readers = JoinSet::new();
        for part in parts {
            let reader = self.clone();
            readers.spawn(async move { reader.run_part(part).await });
        }
        while readers.join_next().await.is_some() {}
    }

    async fn parts(&self) -> Result<Vec<FeedRange>, ReadError> {
        Ok(self.trigger.container.client().await?.read_feed_ranges(None).await?)
    }

    async fn run_part(&self, part: FeedRange) {
        let name = part.to_string();
        let mut is_failing = false;
        loop {
            let Err(error) = self.read_part(&part, &name, &mut is_failing).await;
            self.pause(&name, &error, &mut is_failing).await;
        }
    }

    /// Waits before the next try. Only the first failure of a row is worth a warning, and that
    /// another reader has the part is none.
    async fn pause(&self, part: &str, error: &ReadError, is_failing: &mut bool) {
        let (app, container) = (&self.app.name, self.trigger.container.name());
        let is_held = matches!(error, ReadError::Lease(LeaseError::Held(_)));
        if *is_failing || is_held {
            tracing::debug!(app, container, part, %error, "still cannot read documents");
        } else {
            tracing::warn!(app, container, part, %error, "cannot read documents");
        }
        *is_failing = true;
        sleep(if is_held { self.trigger.lease_times.acquisition } else { RETRY_DELAY }).await;
    }

    /// Delivers the documents of a part until reading fails.
    async fn read_part(
        &self,
        part: &FeedRange,
        name: &str,
        is_failing: &mut bool,
    ) -> Result<Infallible, ReadError> {
        let trigger = &self.trigger;
        let owner = format!("{}/{}", self.app.name, self.function.name);
        let mut lease = Lease::take(trigger, &owner, name).await?;
        let mut options = ChangeFeedOptions::default();
        let continuation = lease.continuation().map(str::to_owned);
        options.feed.continuation_token = continuation.map(ContinuationToken::from_string);
        let start = match trigger.start {
            FeedStart::Beginning | FeedStart::Time(_) => ChangeFeedStartFrom::Beginning,
            FeedStart::Now => ChangeFeedStartFrom::Now,
        };
        let container = trigger.container.client().await?;
        let scope = FeedScope::range(part.clone());
        let mut pages =
            container.query_change_feed::<Map<String, Value>>(scope, start, Some(options)).await?;
        loop {
            let page = pages.try_next().await?.ok_or(ReadError::Ended)?;
            *is_failing = false;
            let items = page.into_items();
            let all = items.into_iter().filter_map(|item| item.current().cloned());
            let documents: Vec<_> = all.filter(|it| is_since(trigger.start, it)).collect();
            self.deliver(&documents).await;
            // Also of a part without documents it is noted where it began.
            if !documents.is_empty() || lease.continuation().is_none() {
                lease.advance(pages.to_continuation_token()?.as_str().to_owned()).await?;
            }
            if documents.is_empty() {
                lease.renew().await?;
                sleep(trigger.poll_delay).await;
            }
        }
    }

    /// Delivers documents. They count as processed afterwards even when the function failed and its
    /// retry policy has ended: that is what the platform does.
    async fn deliver(&self, documents: &[Map<String, Value>]) {
        let most = self.trigger.items_max.and_then(|max| usize::try_from(max).ok());
        for batch in documents.chunks(most.unwrap_or(usize::MAX).max(1)) {
            let text = json!(batch).to_string();
            let envelope = Envelope::default().with_data(&self.trigger.input, text.into());
            let (app, function) = (&self.app, &self.function);
            let call = invoke_with_retries(&self.client, app, function, &envelope, |_| ());
            if call.await.is_err() {
                tracing::error!(app = app.name, function = function.name, "documents given up");
            }
        }
    }
}

/// Whether a document was written since the feed is to be read. Cosmos DB could begin there by
/// itself, but not the local account, and what comes of it is the same: a feed has the newest
/// version of each document, with the second in which it was written.
fn is_since(start: FeedStart, document: &Map<String, Value>) -> bool {
    match start {
        FeedStart::Beginning | FeedStart::Now => true,
        FeedStart::Time(time) => {
            let written_at = document.get("_ts").and_then(Value::as_i64);
            written_at.is_none_or(|written_at| written_at >= time.unix_timestamp())
        }
    }
}
