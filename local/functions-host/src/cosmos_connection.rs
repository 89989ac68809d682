//! A container of Cosmos DB that a binding names, by the identity of its connection.

use std::fmt;

use azure_core::http::Url;
use azure_data_cosmos::models::{PartitionKeyDefinition, PartitionKeyValue};
use azure_data_cosmos::{
    AccountReference, ContainerClient, CosmosClient, CosmosError, CosmosRuntime, PartitionKey,
    RoutingStrategy,
};
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use crate::connection_identity::ConnectionIdentity;
use crate::function_error::FunctionError;
use crate::settings::{Settings, SettingsError};

/// Why a container cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreachable {
    #[error("the identity endpoint is not usable: {0}")]
    Credential(#[from] azure_core::Error),
    #[error("the account's endpoint `{0}` is no URL")]
    Endpoint(String),
    // Not its whole text: that is a page of diagnostics.
    #[error("{0} cannot be opened: Cosmos DB answers {1:?}")]
    Refused(String, azure_data_cosmos::CosmosStatus),
}

/// A container, connected to at its first use.
pub(crate) struct CosmosContainer {
    endpoint: String,
    identity: ConnectionIdentity,
    database: String,
    container: String,
    opened: OnceCell<(ContainerClient, PartitionKeyDefinition)>,
}

impl fmt::Debug for CosmosContainer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

impl CosmosContainer {
    /// Resolves the account of a connection, and the names of database and container.
    pub(crate) fn resolve(
        connection: &str,
        (database, container): (&str, &str),
        settings: &Settings,
    ) -> Result<Self, FunctionError> {
        let setting = format!("{connection}__accountEndpoint");
        let endpoint = settings.get(&setting);
        Ok(Self {
            endpoint: endpoint.ok_or(SettingsError::Missing(setting))?.to_owned(),
            identity: ConnectionIdentity::resolve(connection, settings)?,
            database: settings.resolve(database)?,
            container: settings.resolve(container)?,
            opened: OnceCell::new(),
        })
    }

    /// The names of database and container.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.database, self.container)
    }

    /// The client.
    pub(crate) async fn client(&self) -> Result<&ContainerClient, Unreachable> {
        self.open().await.map(|(client, _)| client)
    }

    /// The partition that a document belongs to, by the container's own paths.
    pub(crate) async fn partition_of(
        &self,
        document: &Map<String, Value>,
    ) -> Result<PartitionKey, Unreachable> {
        let (_, definition) = self.open().await?;
        let values: Vec<_> = definition.paths().iter().map(|path| at(document, path)).collect();
        PartitionKey::try_from(values).map_err(|error| self.refused(&error))
    }

    async fn open(&self) -> Result<&(ContainerClient, PartitionKeyDefinition), Unreachable> {
        let open = async || {
            let endpoint: Url =
                self.endpoint.parse().map_err(|_| Unreachable::Endpoint(self.endpoint.clone()))?;
            let credential = self.identity.credential()?;
            let connect = async {
                let account = AccountReference::with_credential(endpoint.into(), credential);
                let routing = RoutingStrategy::PreferredRegions(Vec::new());
                let client = CosmosClient::builder()
                    .with_runtime(CosmosRuntime::builder().build().await?)
                    .build(account, routing)
                    .await?;
                let database = client.database_client(&self.database);
                let container = database.container_client(&self.container, None).await?;
                let properties = container.read(None).await?.into_model()?;
                Ok((container, properties.partition_key))
            };
            connect.await.map_err(|error: CosmosError| self.refused(&error))
        };
        self.opened.get_or_try_init(open).await
    }

    fn refused(&self, error: &CosmosError) -> Unreachable {
        Unreachable::Refused(self.name(), error.status())
    }
}

/// What a document has at a path such as `/shop/id`.
fn at(document: &Map<String, Value>, path: &str) -> PartitionKeyValue {
    let mut segments = path.trim_start_matches('/').split('/');
    let first = segments.next().and_then(|name| document.get(name));
    match segments.fold(first, |value, name| value?.get(name)) {
        None | Some(Value::Array(_) | Value::Object(_)) => PartitionKeyValue::UNDEFINED,
        Some(Value::Null) => PartitionKeyValue::NULL,
        Some(Value::Bool(flag)) => (*flag).into(),
        Some(Value::String(text)) => text.into(),
        Some(Value::Number(number)) => {
            let number = number.as_f64().map(PartitionKeyValue::try_from);
            number.and_then(Result::ok).unwrap_or(PartitionKeyValue::UNDEFINED)
        }
    }
}
