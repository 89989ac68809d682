//! What the Functions host posts for a trigger that is not HTTP: `{"Data": …, "Metadata": …}`.

use serde::Deserialize;
use serde_json::{Value, json};
use warp::{Filter, Rejection, Reply, reject};

use crate::{Problem, body};

/// The largest envelope read, in bytes: a full Event Hubs batch of 1 MiB, escaped twice.
const ENVELOPE_BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    data: Value,
}

/// An Event Hubs trigger at `/<function>` (cardinality many, dataType string, binding `events`):
/// the events' texts, in order.
///
/// The host sends the batch as a JSON string that holds a JSON array of strings.
pub fn event_batch(
    function: &'static str,
) -> impl Filter<Extract = (Vec<String>,), Error = Rejection> + Clone {
    trigger(function).and_then(|envelope: Envelope| async move {
        let batch = envelope.data.get("events").and_then(Value::as_str).unwrap_or_default();
        serde_json::from_str::<Vec<String>>(batch).map_err(|error| {
            reject::custom(Problem::bad_request("invalid-invocation", error.to_string()))
        })
    })
}

/// A timer trigger at `/<function>`.
pub fn timer(function: &'static str) -> impl Filter<Extract = (), Error = Rejection> + Clone {
    trigger(function).map(|_: Envelope| ()).untuple_one()
}

fn trigger(
    function: &'static str,
) -> impl Filter<Extract = (Envelope,), Error = Rejection> + Clone {
    warp::path(function)
        .and(warp::path::end())
        .and(warp::post())
        .and(body::bytes(ENVELOPE_BYTES_MAX))
        .and_then(|body: Vec<u8>| async move {
            serde_json::from_slice(&body).map_err(|error| {
                reject::custom(Problem::bad_request("invalid-invocation", error.to_string()))
            })
        })
}

/// The answer that completes an invocation. The host never completes one that is answered by an
/// empty body, and fails one whose answer is not JSON.
pub fn invocation_done() -> impl Reply {
    warp::reply::json(&json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_batch_is_decoded_from_its_doubly_encoded_form() {
        // From the host's wire samples: Event Hubs, cardinality many, dataType string.
        let body = r#"{"Data":{"events":"[\"{\\\"a\\\":1}\",\"plain\"]"},"Metadata":{"sys":{}}}"#;
        let request = warp::test::request().method("POST").path("/on_event").body(body);
        let batch = request.filter(&event_batch("on_event")).await.unwrap();
        assert_eq!(batch, [r#"{"a":1}"#, "plain"]);
    }

    #[tokio::test]
    async fn an_envelope_of_another_form_is_a_bad_request() {
        let routes =
            event_batch("on_event").map(|_| invocation_done()).recover(crate::render_rejection);
        for body in ["", "{}", r#"{"Data":{"events":[1]}}"#, r#"{"Data":{"other":"[]"}}"#] {
            let request = warp::test::request().method("POST").path("/on_event").body(body);
            assert_eq!(request.reply(&routes).await.status(), 400, "{body}");
        }
    }
}
