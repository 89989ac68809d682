//! The webhook by which Event Grid delivers events to functions:
//! `/runtime/webhooks/eventgrid?functionName=NAME&code=KEY`, in both schemas.

use std::sync::Arc;

use futures_util::future::join_all;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::body::{Body, whole};
use crate::envelope::Envelope;
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::problem::Problem;
use crate::proxy::HandlerClient;
use crate::triggers::{Cardinality, EventGridTrigger, Trigger};

/// Where events are delivered.
const PATH: &str = "/runtime/webhooks/eventgrid";
const FUNCTION_NAME: &str = "functionName=";
/// What the delivery is: in CloudEvents it is always events.
const EVENT_TYPE: &str = "aeg-event-type";
/// Who asks whether it may deliver CloudEvents, and the answer.
const REQUEST_ORIGIN: &str = "webhook-request-origin";
const ALLOWED_ORIGIN: &str = "webhook-allowed-origin";
/// Events of a delivery that are handled at once.
const AT_ONCE: usize = 16;

/// Whether a path is the webhook's.
pub(crate) fn is_webhook(path: &str) -> bool {
    path.eq_ignore_ascii_case(PATH)
}

/// A function that takes events, as the query names it.
pub(crate) struct Subscriber<'a> {
    app: &'a App,
    function: &'a Function,
    trigger: &'a EventGridTrigger,
}

impl<'a> Subscriber<'a> {
    /// The first function of the name, in whichever app.
    pub(crate) fn find(apps: &'a [Arc<App>], query: Option<&str>) -> Option<Self> {
        let mut pairs = query.unwrap_or_default().split('&');
        let name = pairs.find_map(|pair| pair.strip_prefix(FUNCTION_NAME))?;
        apps.iter().find_map(|app| {
            let mut functions = app.functions.iter();
            functions.find_map(|function| match &function.trigger {
                Trigger::EventGrid(trigger) if function.name.eq_ignore_ascii_case(name) => {
                    Some(Self { app, function, trigger })
                }
                Trigger::EventGrid(_)
                | Trigger::Http(_)
                | Trigger::EventHub(_)
                | Trigger::Queue(_)
                | Trigger::Blob(_)
                | Trigger::Cosmos(_)
                | Trigger::Timer(_) => None,
            })
        })
    }

    /// Answers what Event Grid sends.
    pub(crate) async fn answer(
        &self,
        client: &HandlerClient,
        method: &Method,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response<Body>, Problem> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if *method == Method::OPTIONS {
            let origin = text(REQUEST_ORIGIN).unwrap_or_default();
            let answer = Response::builder().header(ALLOWED_ORIGIN, origin);
            return answer.body(whole("")).map_err(|_| Problem::FAILED);
        }
        let said: Value = serde_json::from_slice(body).map_err(|_| Problem::NOT_EVENTS)?;
        let events = match said {
            Value::Array(events) => events,
            event @ Value::Object(_) => vec![event],
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Err(Problem::NOT_EVENTS);
            }
        };
        match text(EVENT_TYPE).unwrap_or("Notification") {
            "SubscriptionValidation" => validate(&events),
            "Unsubscribe" => status(StatusCode::ACCEPTED),
            _ => self.deliver(client, events).await,
        }
    }

    /// When any event fails, Event Grid is told so, and delivers all of them again.
    async fn deliver(
        &self,
        client: &HandlerClient,
        events: Vec<Value>,
    ) -> Result<Response<Body>, Problem> {
        let input = &self.trigger.input;
        let envelopes = match self.trigger.cardinality {
            Cardinality::Many => vec![Envelope::default().with_data(input, events.into())],
            Cardinality::One => events.into_iter().map(|event| envelope(input, event)).collect(),
        };
        let mut all = true;
        for some in envelopes.chunks(AT_ONCE) {
            let calls = some.iter().map(|envelope| self.invoke(client, envelope));
            all &= join_all(calls).await.into_iter().all(|done| done);
        }
        if all { status(StatusCode::ACCEPTED) } else { Err(Problem::FAILED) }
    }

    async fn invoke(&self, client: &HandlerClient, envelope: &Envelope) -> bool {
        invoke_with_retries(client, self.app, self.function, envelope, |_| ()).await.is_ok()
    }
}

fn envelope(input: &str, event: Value) -> Envelope {
    let data = event.get("data").cloned().unwrap_or_default();
    Envelope::default().with_data(input, event).with_metadata("data", data)
}

/// The answer that shows Event Grid that the webhook wants its events.
fn validate(events: &[Value]) -> Result<Response<Body>, Problem> {
    let code = events.first().and_then(|event| event["data"]["validationCode"].as_str());
    let code = code.ok_or(Problem::NOT_EVENTS)?;
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(whole(json!({ "validationResponse": code }).to_string()))
        .map_err(|_| Problem::FAILED)
}

fn status(status: StatusCode) -> Result<Response<Body>, Problem> {
    Response::builder().status(status).body(whole("")).map_err(|_| Problem::FAILED)
}
