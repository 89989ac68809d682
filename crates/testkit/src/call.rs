//! Calling a service's routes as its clients and the Functions host do, without a socket.

use std::convert::Infallible;

use events::Envelope;
use serde_json::{Value, json};
use warp::{Filter, Reply};

use crate::invocation::{batch, invocation};

/// The answer's status and JSON, null if it has none. A 429 must say when to try again.
pub async fn call<R: Reply + Send>(
    routes: &(impl Filter<Extract = (R,), Error = Infallible> + 'static),
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let mut request = warp::test::request().method(method).path(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.reply(routes).await;
    let status = response.status().as_u16();
    assert!(status != 429 || response.headers().contains_key("retry-after"), "{path}");
    (status, serde_json::from_slice(response.body()).unwrap_or(Value::Null))
}

/// Delivers events to a trigger, in one batch that must be taken.
pub async fn deliver<R: Reply + Send>(
    routes: &(impl Filter<Extract = (R,), Error = Infallible> + 'static),
    function: &str,
    events: &[Envelope],
) {
    invoke(routes, function, invocation(events)).await;
}

/// Delivers a text that is no event; it must be taken too.
pub async fn deliver_text<R: Reply + Send>(
    routes: &(impl Filter<Extract = (R,), Error = Infallible> + 'static),
    function: &str,
    text: &str,
) {
    invoke(routes, function, batch(&[text.to_owned()])).await;
}

async fn invoke<R: Reply + Send>(
    routes: &(impl Filter<Extract = (R,), Error = Infallible> + 'static),
    function: &str,
    body: String,
) {
    let path = format!("/{function}");
    let response = warp::test::request().method("POST").path(&path).body(body).reply(routes).await;
    let answer: Option<Value> = serde_json::from_slice(response.body()).ok();
    assert_eq!((response.status().as_u16(), answer), (200, Some(json!({}))), "{function}");
}
