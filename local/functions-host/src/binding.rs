//! The bindings that function.json may list, and what each becomes: a trigger or an output.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use storage_client::Service;
use time::OffsetDateTime;

use crate::binding_expression::PathPattern;
use crate::connection_identity::ConnectionIdentity;
use crate::cosmos_connection::CosmosContainer;
use crate::function_error::FunctionError;
use crate::output_binding::{OutputBinding, Target};
use crate::routes::RouteTemplate;
use crate::settings::{Settings, SettingsError};
use crate::storage_connection::StorageConnection;
use crate::triggers::{
    AuthLevel, BlobSource, BlobTrigger, Cardinality, CosmosTrigger, DataType, EventGridTrigger,
    EventHubTrigger, FeedStart, HttpTrigger, LeaseTimes, QueueTrigger, TimerTrigger, Trigger,
};

const RESERVED_ROUTES: [&str; 2] = ["admin", "runtime"];

/// The intervals of a change feed's trigger, in milliseconds.
const FEED_POLL_DELAY: u64 = 5_000;
const LEASE_RENEW_INTERVAL: u64 = 17_000;
const LEASE_ACQUIRE_INTERVAL: u64 = 13_000;
const LEASE_EXPIRATION_INTERVAL: u64 = 60_000;

/// One entry of `bindings`, as it stands.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Binding {
    HttpTrigger {
        name: String,
        route: Option<String>,
        #[serde(default)]
        methods: Vec<String>,
        #[serde(default)]
        auth_level: AuthLevel,
    },
    EventHubTrigger {
        name: String,
        event_hub_name: String,
        connection: String,
        consumer_group: Option<String>,
        #[serde(default)]
        cardinality: Cardinality,
        data_type: Option<DataType>,
    },
    QueueTrigger {
        name: String,
        queue_name: String,
        connection: Option<String>,
        // Read only so that another type is refused: the others are encoded differently.
        #[serde(rename = "dataType")]
        _data_type: Option<TextOnly>,
    },
    BlobTrigger {
        name: String,
        path: String,
        connection: Option<String>,
        #[serde(default)]
        source: BlobSource,
    },
    #[serde(rename = "cosmosDBTrigger")]
    CosmosTrigger(CosmosTriggerBinding),
    EventGridTrigger {
        name: String,
        #[serde(default)]
        cardinality: Cardinality,
    },
    TimerTrigger {
        name: String,
        schedule: String,
        #[serde(default)]
        run_on_startup: bool,
        #[serde(default = "monitored")]
        use_monitor: bool,
    },
    Http {
        name: String,
    },
    EventHub {
        name: String,
        #[serde(rename = "direction")]
        _direction: Outward,
        event_hub_name: String,
        connection: String,
        data_type: Option<DataType>,
    },
    Queue {
        name: String,
        #[serde(rename = "direction")]
        _direction: Outward,
        queue_name: String,
        connection: Option<String>,
        data_type: Option<DataType>,
    },
    Blob {
        name: String,
        #[serde(rename = "direction")]
        _direction: Outward,
        path: String,
        connection: Option<String>,
        data_type: Option<DataType>,
    },
    #[serde(rename = "cosmosDB")]
    Cosmos {
        name: String,
        #[serde(rename = "direction")]
        _direction: Outward,
        database_name: String,
        container_name: String,
        connection: String,
        // Read only so that it is refused: an identity makes no container.
        #[serde(rename = "createIfNotExists", default)]
        _create: Never,
        // The container knows its own.
        #[serde(rename = "partitionKey")]
        _partition_key: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CosmosTriggerBinding {
    name: String,
    connection: String,
    database_name: String,
    container_name: String,
    lease_connection: Option<String>,
    lease_database_name: Option<String>,
    lease_container_name: Option<String>,
    lease_container_prefix: Option<String>,
    #[serde(rename = "createLeaseContainerIfNotExists", default)]
    _create: Never,
    #[serde(default)]
    start_from_beginning: bool,
    #[serde(default, with = "time::serde::rfc3339::option")]
    start_from_time: Option<OffsetDateTime>,
    /// In milliseconds, as all intervals are.
    feed_poll_delay: Option<u64>,
    lease_renew_interval: Option<u64>,
    lease_acquire_interval: Option<u64>,
    lease_expiration_interval: Option<u64>,
    max_items_per_invocation: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TextOnly {
    String,
}

/// The direction of an output; a binding of the same type that reads is another one.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outward {
    Out,
}

/// An option that may only be off.
#[derive(Default, Deserialize)]
#[serde(try_from = "bool")]
pub(crate) struct Never;

impl TryFrom<bool> for Never {
    type Error = &'static str;

    fn try_from(is_on: bool) -> Result<Self, Self::Error> {
        if is_on { Err("an identity makes no containers: make it beforehand") } else { Ok(Self) }
    }
}

fn monitored() -> bool {
    true
}

/// What an entry of `bindings` is to its function.
pub(crate) enum Role {
    /// It starts it.
    Trigger(Trigger),
    /// The answer to a request, by its name.
    Answer(String),
    /// What it says is written somewhere.
    Output(Box<OutputBinding>),
}

impl Binding {
    /// Resolves the settings that it names.
    pub(crate) fn resolve(
        self,
        function: &str,
        route_prefix: &str,
        settings: &Settings,
    ) -> Result<Role, FunctionError> {
        let storage = |connection: Option<&str>, service| {
            StorageConnection::resolve(connection, service, settings)
        };
        Ok(Role::Trigger(match self {
            Self::HttpTrigger { name, route, methods, auth_level } => {
                let route = settings.resolve(route.as_deref().unwrap_or(function))?;
                let template = public_route(route_prefix, &route)?;
                let route = RouteTemplate::parse(&template)?;
                let methods = methods.into_iter().map(method).collect::<Result<_, _>>()?;
                let (input, output) = (name, None);
                let http = HttpTrigger { input, output, route, template, methods, auth_level };
                Trigger::Http(Arc::new(http))
            }
            Self::EventHubTrigger {
                name,
                event_hub_name,
                connection,
                consumer_group,
                cardinality,
                data_type,
            } => {
                let group = consumer_group.unwrap_or_else(|| "$Default".to_owned());
                Trigger::EventHub(Arc::new(EventHubTrigger {
                    input: name,
                    hub: settings.resolve(&event_hub_name)?,
                    consumer_group: settings.resolve(&group)?,
                    namespace: namespace(&connection, settings)?,
                    identity: ConnectionIdentity::resolve(&connection, settings)?,
                    cardinality,
                    data_type,
                }))
            }
            Self::QueueTrigger { name, queue_name, connection, .. } => {
                let connection = storage(connection.as_deref(), Service::Queue)?;
                let queue = settings.resolve(&queue_name)?.to_ascii_lowercase();
                Trigger::Queue(Arc::new(QueueTrigger { input: name, queue, connection }))
            }
            Self::BlobTrigger { name, path, connection, source } => {
                let path = settings.resolve(&path)?;
                let (container, pattern) = path.split_once('/').unwrap_or((&path, ""));
                Trigger::Blob(Arc::new(BlobTrigger {
                    input: name,
                    container: container.to_owned(),
                    pattern: PathPattern::parse(pattern)?,
                    source,
                    blobs: storage(connection.as_deref(), Service::Blob)?,
                    queues: storage(connection.as_deref(), Service::Queue)?,
                }))
            }
            Self::CosmosTrigger(binding) => Trigger::Cosmos(Arc::new(binding.resolve(settings)?)),
            Self::EventGridTrigger { name, cardinality } => {
                Trigger::EventGrid(Arc::new(EventGridTrigger { input: name, cardinality }))
            }
            Self::TimerTrigger { name, schedule, run_on_startup, use_monitor } => {
                let schedule = settings.resolve(&schedule)?.parse()?;
                let timer = TimerTrigger { input: name, schedule, run_on_startup, use_monitor };
                Trigger::Timer(Arc::new(timer))
            }
            Self::Http { name } => return Ok(Role::Answer(name)),
            output @ (Self::EventHub { .. }
            | Self::Queue { .. }
            | Self::Blob { .. }
            | Self::Cosmos { .. }) => {
                return output
                    .resolve_output(settings)
                    .map(|output| Role::Output(Box::new(output)));
            }
        }))
    }

    fn resolve_output(self, settings: &Settings) -> Result<OutputBinding, FunctionError> {
        let storage = |connection: Option<&str>, service| {
            StorageConnection::resolve(connection, service, settings)
        };
        let (name, data_type, target) = match self {
            Self::EventHub { name, event_hub_name, connection, data_type, .. } => {
                let hub = settings.resolve(&event_hub_name)?;
                let namespace = namespace(&connection, settings)?;
                let identity = ConnectionIdentity::resolve(&connection, settings)?;
                (name, data_type, Target::event_hub(namespace, hub, identity))
            }
            Self::Queue { name, queue_name, connection, data_type, .. } => {
                let connection = storage(connection.as_deref(), Service::Queue)?;
                (name, data_type, Target::queue(&settings.resolve(&queue_name)?, connection)?)
            }
            Self::Blob { name, path, connection, data_type, .. } => {
                let connection = storage(connection.as_deref(), Service::Blob)?;
                (name, data_type, Target::blob(&settings.resolve(&path)?, connection)?)
            }
            Self::Cosmos { name, database_name, container_name, connection, .. } => {
                let names = (database_name.as_str(), container_name.as_str());
                let container = CosmosContainer::resolve(&connection, names, settings)?;
                (name, None, Target::Cosmos(container))
            }
            Self::HttpTrigger { .. }
            | Self::EventHubTrigger { .. }
            | Self::QueueTrigger { .. }
            | Self::BlobTrigger { .. }
            | Self::CosmosTrigger(_)
            | Self::EventGridTrigger { .. }
            | Self::TimerTrigger { .. }
            | Self::Http { .. } => return Err(FunctionError::Outputs),
        };
        Ok(OutputBinding { name, keeps_text: data_type == Some(DataType::Binary), target })
    }
}

impl CosmosTriggerBinding {
    fn resolve(self, settings: &Settings) -> Result<CosmosTrigger, FunctionError> {
        let names = (self.database_name.as_str(), self.container_name.as_str());
        let lease_connection = self.lease_connection.as_deref().unwrap_or(&self.connection);
        let lease_names = (
            self.lease_database_name.as_deref().unwrap_or(names.0),
            self.lease_container_name.as_deref().unwrap_or("leases"),
        );
        let prefix = self.lease_container_prefix.as_deref().unwrap_or_default();
        let start = match (self.start_from_beginning, self.start_from_time) {
            (true, Some(_)) => return Err(FunctionError::TwoStarts),
            (true, None) => FeedStart::Beginning,
            (false, Some(time)) => FeedStart::Time(time),
            (false, None) => FeedStart::Now,
        };
        let or = |set: Option<u64>, default| Duration::from_millis(set.unwrap_or(default));
        Ok(CosmosTrigger {
            container: CosmosContainer::resolve(&self.connection, names, settings)?,
            leases: CosmosContainer::resolve(lease_connection, lease_names, settings)?,
            input: self.name,
            lease_prefix: settings.resolve(prefix)?,
            start,
            lease_times: LeaseTimes {
                renewal: or(self.lease_renew_interval, LEASE_RENEW_INTERVAL),
                acquisition: or(self.lease_acquire_interval, LEASE_ACQUIRE_INTERVAL),
                expiration: or(self.lease_expiration_interval, LEASE_EXPIRATION_INTERVAL),
            },
            poll_delay: or(self.feed_poll_delay, FEED_POLL_DELAY),
            items_max: self.max_items_per_invocation,
        })
    }
}

/// A function's route behind the app's prefix, which may be empty.
fn public_route(prefix: &str, route: &str) -> Result<String, FunctionError> {
    let route = route.trim_start_matches('/');
    let lower = route.to_ascii_lowercase();
    if RESERVED_ROUTES.iter().any(|reserved| lower.starts_with(reserved)) {
        return Err(FunctionError::ReservedRoute);
    }
    Ok(format!("{prefix}/{route}").trim_start_matches('/').to_owned())
}

/// The namespace that a connection of Event Hubs names.
fn namespace(connection: &str, settings: &Settings) -> Result<String, SettingsError> {
    let setting = format!("{connection}__fullyQualifiedNamespace");
    match settings.get(&setting) {
        Some(namespace) => Ok(namespace.to_owned()),
        None => Err(SettingsError::Missing(setting)),
    }
}

fn method(name: String) -> Result<Method, FunctionError> {
    let upper = name.to_ascii_uppercase();
    Method::from_bytes(upper.as_bytes()).map_err(|_| FunctionError::Method(name))
}
