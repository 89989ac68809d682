//! The webhooks by which Event Grid delivers events, in both schemas: to functions at
//! `/runtime/webhooks/eventgrid?functionName=NAME&code=KEY`, and to blob triggers that have it as
//! their source at `/runtime/webhooks/blobs?functionName=Host.Functions.NAME&code=KEY`.

use std::sync::Arc;

use futures_util::future::join_all;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::blob_trigger::{self, EventError};
use crate::body::{Body, whole};
use crate::envelope::Envelope;
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::problem::Problem;
use crate::proxy::HandlerClient;
use crate::triggers::{BlobSource, BlobTrigger, Cardinality, EventGridTrigger, Trigger};

/// Where events are delivered.
const EVENTS: &str = "/runtime/webhooks/eventgrid";
/// Where those of blobs are, for the functions whose names have this in front.
const BLOBS: &str = "/runtime/webhooks/blobs";
const BLOB_FUNCTION: &str = "Host.Functions.";
const FUNCTION_NAME: &str = "functionName=";
/// What the delivery is: in CloudEvents it is always events.
const EVENT_TYPE: &str = "aeg-event-type";
/// Who asks whether it may deliver CloudEvents, and the answer.
const REQUEST_ORIGIN: &str = "webhook-request-origin";
const ALLOWED_ORIGIN: &str = "webhook-allowed-origin";
/// Events of a delivery that are handled at once.
const AT_ONCE: usize = 16;

/// Whether a path is a webhook's.
pub(crate) fn is_webhook(path: &str) -> bool {
    [EVENTS, BLOBS].iter().any(|known| path.eq_ignore_ascii_case(known))
}

/// A function that takes events, as the query names it.
pub(crate) struct Subscriber<'a> {
    app: &'a App,
    function: &'a Function,
    trigger: Subscribed<'a>,
}

/// What the events of a function are.
#[derive(Clone, Copy)]
enum Subscribed<'a> {
    Events(&'a EventGridTrigger),
    Blobs(&'a BlobTrigger),
}

impl<'a> Subscribed<'a> {
    fn at(path: &str, trigger: &'a Trigger) -> Option<Self> {
        let is_of_blobs = path.eq_ignore_ascii_case(BLOBS);
        match trigger {
            Trigger::EventGrid(trigger) if !is_of_blobs => Some(Self::Events(trigger)),
            Trigger::Blob(trigger) if is_of_blobs && trigger.source == BlobSource::EventGrid => {
                Some(Self::Blobs(trigger))
            }
            Trigger::EventGrid(_)
            | Trigger::Blob(_)
            | Trigger::Http(_)
            | Trigger::EventHub(_)
            | Trigger::Queue(_)
            | Trigger::Cosmos(_)
            | Trigger::Timer(_) => None,
        }
    }
}

impl<'a> Subscriber<'a> {
    /// The first function of the name that has events at this path, in whichever app.
    pub(crate) fn find(apps: &'a [Arc<App>], path: &str, query: Option<&str>) -> Option<Self> {
        let mut pairs = query.unwrap_or_default().split('&');
        let name = pairs.find_map(|pair| pair.strip_prefix(FUNCTION_NAME))?;
        let name = name.strip_prefix(BLOB_FUNCTION).unwrap_or(name);
        apps.iter().find_map(|app| {
            let functions = app.functions.iter();
            let mut named = functions.filter(|function| function.name.eq_ignore_ascii_case(name));
            named.find_map(|function| {
                let trigger = Subscribed::at(path, &function.trigger)?;
                Some(Self { app, function, trigger })
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
        let trigger = match self.trigger {
            Subscribed::Events(trigger) => trigger,
            Subscribed::Blobs(trigger) => return self.deliver_blobs(trigger, &events).await,
        };
        let input = &trigger.input;
        let envelopes = match trigger.cardinality {
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

    async fn deliver_blobs(
        &self,
        trigger: &BlobTrigger,
        events: &[Value],
    ) -> Result<Response<Body>, Problem> {
        for event in events {
            let taken = blob_trigger::take_event(self.app, self.function, trigger, event).await;
            taken.map_err(|error| {
                let (app, function) = (&self.app.name, &self.function.name);
                tracing::error!(app, function, %error, "an event of a blob is not taken");
                match error {
                    EventError::NoBlob => Problem::NOT_EVENTS,
                    EventError::Open(_) | EventError::Storage(_) => Problem::FAILED,
                }
            })?;
        }
        status(StatusCode::ACCEPTED)
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
