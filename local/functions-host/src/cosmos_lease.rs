//! How far a function has read a part of a container's change feed: a document in the container of
//! leases, that one reader at a time holds.

use std::sync::Arc;
use std::time::Instant;

use azure_core::http::Etag;
use azure_data_cosmos::CosmosError;
use azure_data_cosmos::models::ItemResponse;
use azure_data_cosmos::options::{ItemWriteOptions, Precondition};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use crate::cosmos_connection::Unreachable;
use crate::triggers::CosmosTrigger;

/// Why a lease cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LeaseError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("somebody else has the lease {0}")]
    Held(String),
    #[error("the lease {0} has no version")]
    Unversioned(String),
    #[error("the container of leases answers {0:?}")]
    Refused(azure_data_cosmos::CosmosStatus),
}

impl From<CosmosError> for LeaseError {
    fn from(error: CosmosError) -> Self {
        Self::Refused(error.status())
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(rename = "id")]
    id: String,
    owner: String,
    feed_range: String,
    continuation_token: Option<String>,
    /// In seconds since 1970.
    #[serde(rename = "timestamp")]
    written_at: i64,
}

/// A lease that is held.
pub(crate) struct Lease {
    trigger: Arc<CosmosTrigger>,
    document: Document,
    etag: Etag,
    written: Instant,
}

impl Lease {
    /// Takes the lease of a part: one that nobody holds, that has expired, or that `owner` held
    /// when it was killed.
    pub(crate) async fn take(
        trigger: &Arc<CosmosTrigger>,
        owner: &str,
        feed_range: &str,
    ) -> Result<Self, LeaseError> {
        let id = id(trigger, feed_range);
        let leases = trigger.leases.client().await?;
        let partition = trigger.leases.partition_of(&members(&json!({ "id": id }))).await?;
        let (document, etag) = match leases.read_item(partition.clone(), &id, None).await {
            Ok(found) => {
                let etag = version(&found, &id)?;
                (found.into_model()?, etag)
            }
            Err(error) if error.status().is_not_found() => {
                let new = Document {
                    id: id.clone(),
                    owner: owner.to_owned(),
                    feed_range: feed_range.to_owned(),
                    continuation_token: None,
                    written_at: now(),
                };
                let created = leases.create_item(partition, &id, &new, None).await;
                let created = created.map_err(|error| held(error, &id))?;
                (new, version(&created, &id)?)
            }
            Err(error) => return Err(error.into()),
        };
        let Document { owner: holder, written_at, .. } = &document;
        let age = Duration::seconds(now().saturating_sub(*written_at));
        let has_expired = age > trigger.lease_times.expiration;
        if holder != owner && !has_expired {
            return Err(LeaseError::Held(id));
        }
        let trigger = Arc::clone(trigger);
        let mut lease = Self { trigger, document, etag, written: Instant::now() };
        lease.document.owner = owner.to_owned();
        lease.write().await?;
        Ok(lease)
    }

    /// Where reading goes on.
    pub(crate) fn continuation(&self) -> Option<&str> {
        self.document.continuation_token.as_deref()
    }

    /// Notes where reading goes on.
    pub(crate) async fn advance(&mut self, continuation: String) -> Result<(), LeaseError> {
        self.document.continuation_token = Some(continuation);
        self.write().await
    }

    /// Writes the lease again when it is time to.
    pub(crate) async fn renew(&mut self) -> Result<(), LeaseError> {
        let is_due = self.written.elapsed() >= self.trigger.lease_times.renewal;
        if is_due { self.write().await } else { Ok(()) }
    }

    async fn write(&mut self) -> Result<(), LeaseError> {
        self.document.written_at = now();
        let leases = &self.trigger.leases;
        let id = &self.document.id;
        let partition = leases.partition_of(&members(&json!(self.document))).await?;
        let ours = Precondition::if_match(self.etag.clone());
        let options = ItemWriteOptions::default().with_precondition(ours);
        let client = leases.client().await?;
        let written = client.replace_item(partition, id, &self.document, Some(options)).await;
        self.etag = version(&written.map_err(|error| held(error, id))?, id)?;
        self.written = Instant::now();
        Ok(())
    }
}

/// Functions that have the container and the prefix in common share its leases, as in Azure.
fn id(trigger: &CosmosTrigger, feed_range: &str) -> String {
    // Base64, of which Cosmos DB refuses a character in ids.
    let part = feed_range.replace('/', "_");
    let container = trigger.container.name().replace('/', "_");
    format!("{}{container}..{part}", trigger.lease_prefix)
}

fn version(response: &ItemResponse, id: &str) -> Result<Etag, LeaseError> {
    let etag = response.headers().etag().cloned();
    etag.ok_or_else(|| LeaseError::Unversioned(id.to_owned()))
}

fn held(error: CosmosError, id: &str) -> LeaseError {
    if error.status().is_conflict() || error.status().is_precondition_failed() {
        return LeaseError::Held(id.to_owned());
    }
    error.into()
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
