//! Reads function.json and decides what kind of function it describes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hyper::Method;
use serde::Deserialize;

use crate::connection_identity::ConnectionIdentity;
use crate::function_error::FunctionError;
use crate::json_text;
use crate::known_names::{self, FUNCTION_JSON};
use crate::queue_connection::QueueConnection;
use crate::retry_policy::RetryPolicy;
use crate::routes::RouteTemplate;
use crate::schedule::Schedule;
use crate::settings::{Settings, SettingsError};

const MAX_NAME_LENGTH: usize = 128;
const RESERVED_ROUTES: [&str; 2] = ["admin", "runtime"];

/// Who may call an HTTP function.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthLevel {
    /// Anyone.
    Anonymous,
    /// Whoever knows the function key.
    #[default]
    Function,
    /// Whoever knows the master key.
    Admin,
}

/// How many events one invocation takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cardinality {
    /// One.
    #[default]
    One,
    /// A batch.
    Many,
}

/// As what an event is handed over; without one a batch is an array of parsed JSON.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DataType {
    /// As text.
    String,
    /// As base64 of its bytes.
    Binary,
}

/// One loaded function.
#[derive(Debug)]
pub(crate) struct Function {
    /// Name of its folder.
    pub(crate) name: String,
    /// What starts it.
    pub(crate) trigger: Trigger,
    /// Its own retry policy.
    pub(crate) retry: Option<RetryPolicy>,
}

/// What starts a function.
#[derive(Debug)]
pub(crate) enum Trigger {
    /// A request.
    Http(Arc<HttpTrigger>),
    /// Events of a hub.
    EventHub(Arc<EventHubTrigger>),
    /// Messages of a queue.
    Queue(Arc<QueueTrigger>),
    /// A clock.
    Timer(Arc<TimerTrigger>),
}

/// An HTTP trigger and its output.
#[derive(Debug)]
pub(crate) struct HttpTrigger {
    /// Binding name of the request.
    pub(crate) input: String,
    /// Binding name of the answer.
    pub(crate) output: Option<String>,
    /// Public route, prefix included.
    pub(crate) route: RouteTemplate,
    /// Methods it answers; none listed means all.
    pub(crate) methods: Vec<Method>,
    /// Who may call it.
    pub(crate) auth_level: AuthLevel,
}

/// An Event Hubs trigger with its connection resolved.
#[derive(Debug)]
pub(crate) struct EventHubTrigger {
    /// Binding name of the events.
    pub(crate) input: String,
    /// Name of the hub.
    pub(crate) hub: String,
    /// Consumer group that reads it.
    pub(crate) consumer_group: String,
    /// Host name of the Event Hubs namespace; a loopback address means the emulator.
    pub(crate) namespace: String,
    /// By which right it is read.
    pub(crate) identity: ConnectionIdentity,
    /// One event or a batch in each invocation.
    pub(crate) cardinality: Cardinality,
    /// As what the handler gets an event.
    pub(crate) data_type: Option<DataType>,
}

/// A queue trigger with its connection resolved.
#[derive(Debug)]
pub(crate) struct QueueTrigger {
    /// Binding name of the message.
    pub(crate) input: String,
    /// Name of the queue.
    pub(crate) queue: String,
    /// Where the queue is.
    pub(crate) connection: QueueConnection,
}

/// A timer trigger.
#[derive(Debug)]
pub(crate) struct TimerTrigger {
    /// Binding name of the timer.
    pub(crate) input: String,
    /// When it fires.
    pub(crate) schedule: Schedule,
    /// Whether it also fires when the app host starts.
    pub(crate) run_on_startup: bool,
    /// Whether the payload tells the last and the next occurrence.
    pub(crate) use_monitor: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    disabled: bool,
    bindings: Vec<Binding>,
    retry: Option<RetryPolicy>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Binding {
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
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextOnly {
    String,
}

fn monitored() -> bool {
    true
}

impl Trigger {
    /// Whether the host itself needs an identity to run it.
    pub(crate) fn needs_identity(&self) -> bool {
        match self {
            Self::EventHub(_) => true,
            Self::Queue(queue) => matches!(queue.connection, QueueConnection::Identity { .. }),
            Self::Http(_) | Self::Timer(_) => false,
        }
    }
}

impl Function {
    /// Reads `<app root>/<name>/function.json`.
    pub(crate) fn load(
        app_root: &Path,
        name: &str,
        route_prefix: &str,
        settings: &Settings,
    ) -> Result<Self, FunctionError> {
        let text = fs::read(app_root.join(name).join("function.json"))?;
        Self::parse(name, &text, route_prefix, settings)
    }

    fn parse(
        name: &str,
        text: &[u8],
        route_prefix: &str,
        settings: &Settings,
    ) -> Result<Self, FunctionError> {
        if !is_function_name(name) {
            return Err(FunctionError::Name);
        }
        let mut json = json_text::parse(text)?;
        known_names::settle(&mut json, FUNCTION_JSON)?;
        let file: File = serde_json::from_value(json)?;
        if file.disabled {
            return Err(FunctionError::Disabled("function.json".to_owned()));
        }
        if let Some(setting) = settings.switch_off(name) {
            return Err(FunctionError::Disabled(format!("the setting {setting}")));
        }
        let mut triggers = Vec::new();
        let mut outputs = Vec::new();
        for binding in file.bindings {
            match binding {
                Binding::Http { name } => outputs.push(name),
                trigger @ (Binding::HttpTrigger { .. }
                | Binding::EventHubTrigger { .. }
                | Binding::QueueTrigger { .. }
                | Binding::TimerTrigger { .. }) => triggers.push(trigger),
            }
        }
        let count = triggers.len();
        let (Some(trigger), 1) = (triggers.pop(), count) else {
            return Err(FunctionError::Triggers(count));
        };
        let may_answer = matches!(trigger, Binding::HttpTrigger { .. });
        if outputs.len() > usize::from(may_answer) {
            return Err(FunctionError::Outputs);
        }
        let route_prefix = route_prefix.trim_matches('/');
        let trigger = resolve(name, trigger, outputs.pop(), route_prefix, settings)?;
        Ok(Self { name: name.to_owned(), trigger, retry: file.retry })
    }
}

fn resolve(
    function: &str,
    trigger: Binding,
    output: Option<String>,
    route_prefix: &str,
    settings: &Settings,
) -> Result<Trigger, FunctionError> {
    Ok(match trigger {
        Binding::HttpTrigger { name, route, methods, auth_level } => {
            let route = settings.resolve(route.as_deref().unwrap_or(function))?;
            let lower = route.trim_start_matches('/').to_ascii_lowercase();
            if RESERVED_ROUTES.iter().any(|reserved| lower.starts_with(reserved)) {
                return Err(FunctionError::ReservedRoute);
            }
            let methods = methods.into_iter().map(method).collect::<Result<_, _>>()?;
            let route = RouteTemplate::parse(&format!("{route_prefix}/{route}"))?;
            let http = HttpTrigger { input: name, output, route, methods, auth_level };
            Trigger::Http(Arc::new(http))
        }
        Binding::EventHubTrigger {
            name,
            event_hub_name,
            connection,
            consumer_group,
            cardinality,
            data_type,
        } => {
            let group = consumer_group.unwrap_or_else(|| "$Default".to_owned());
            let namespace_setting = format!("{connection}__fullyQualifiedNamespace");
            let Some(namespace) = settings.get(&namespace_setting) else {
                return Err(SettingsError::Missing(namespace_setting).into());
            };
            Trigger::EventHub(Arc::new(EventHubTrigger {
                input: name,
                hub: settings.resolve(&event_hub_name)?,
                consumer_group: settings.resolve(&group)?,
                namespace: namespace.to_owned(),
                identity: ConnectionIdentity::resolve(&connection, settings)?,
                cardinality,
                data_type,
            }))
        }
        Binding::QueueTrigger { name, queue_name, connection, .. } => {
            let connection = QueueConnection::resolve(connection.as_deref(), settings)?;
            let queue = settings.resolve(&queue_name)?.to_ascii_lowercase();
            Trigger::Queue(Arc::new(QueueTrigger { input: name, queue, connection }))
        }
        Binding::TimerTrigger { name, schedule, run_on_startup, use_monitor } => {
            let schedule = settings.resolve(&schedule)?.parse()?;
            let timer = TimerTrigger { input: name, schedule, run_on_startup, use_monitor };
            Trigger::Timer(Arc::new(timer))
        }
        Binding::Http { .. } => return Err(FunctionError::Triggers(0)),
    })
}

fn method(name: String) -> Result<Method, FunctionError> {
    let upper = name.to_ascii_uppercase();
    Method::from_bytes(upper.as_bytes()).map_err(|_| FunctionError::Method(name))
}

fn is_function_name(name: &str) -> bool {
    name.len() <= MAX_NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !name.eq_ignore_ascii_case("host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Function, FunctionError> {
        let settings = Settings::from([
            ("AUTH_EVENTS__fullyQualifiedNamespace", "127.0.0.1:27672"),
            ("AUTH_EVENTS__credential", "managedidentity"),
            ("AUTH_EVENTS__clientId", "c1"),
        ]);
        Function::parse("f", text.as_bytes(), "api", &settings)
    }

    #[test]
    fn an_event_hub_trigger_resolves_its_connection() {
        let function = parse(
            r#"{"bindings":[{"type":"eventHubTrigger","name":"events","direction":"in",
                "eventHubName":"auth","connection":"AUTH_EVENTS","consumerGroup":"payments",
                "cardinality":"many","dataType":"string"}]}"#,
        )
        .unwrap();
        let Trigger::EventHub(trigger) = function.trigger else { panic!("{function:?}") };
        assert_eq!(trigger.namespace, "127.0.0.1:27672");
        assert_eq!(trigger.identity.client_id.as_deref(), Some("c1"));
        assert_eq!(trigger.cardinality, Cardinality::Many);
    }

    #[test]
    fn bindings_this_host_does_not_have_are_refused_by_name() {
        let http = r#"{"type":"httpTrigger","name":"req","direction":"in"}"#;
        let queue = r#"{"type":"queue","name":"q","direction":"out","queueName":"x"}"#;
        let error = parse(&format!(r#"{{"bindings":[{http},{queue}]}}"#)).unwrap_err();
        assert!(error.to_string().contains("unknown variant `queue`"), "{error}");
    }

    #[test]
    fn a_function_that_is_switched_off_is_left_out() {
        let error = parse(
            r#"{"disabled":true,
                "bindings":[{"type":"timerTrigger","name":"t","schedule":"00:00:05"}]}"#,
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "it is disabled by function.json");
    }

    #[test]
    fn a_timer_with_an_http_output_is_refused() {
        let error = parse(
            r#"{"bindings":[{"type":"timerTrigger","name":"t","schedule":"00:00:05"},
                {"type":"http","name":"res"}]}"#,
        )
        .unwrap_err();
        assert!(matches!(error, FunctionError::Outputs));
    }

    #[test]
    fn a_route_of_the_platform_is_refused() {
        let error =
            parse(r#"{"bindings":[{"type":"httpTrigger","name":"req","route":"administer"}]}"#);
        assert!(matches!(error, Err(FunctionError::ReservedRoute)));
    }
}
