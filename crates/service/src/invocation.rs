//! What the Functions host posts for a trigger that is not HTTP: `{"Data": …, "Metadata": …}`.

use serde::Deserialize;
use serde_json::{Value, json};
use warp::{Filter, Rejection, Reply};

use crate::body;

/// The largest invocation read, in bytes: host.json's 100 events of at most 64 KiB, each character
/// of which two encodings can make four.
pub(crate) const ENVELOPE_BYTES_MAX: usize = 100 * 64 * 1024 * 4;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    data: Value,
}

/// An Event Hubs trigger at `/<function>` (cardinality many, dataType string, binding `events`):
/// the events' texts, in order.
///
/// The host sends the batch as a JSON string that holds a JSON array of strings. Whatever has
/// another form is handed on as one text: a refusal would have the host repeat it for ever.
pub fn event_batch(
    function: &'static str,
) -> impl Filter<Extract = (Vec<String>,), Error = Rejection> + Clone {
    trigger(function).map(|body: Vec<u8>| texts(&body))
}

fn texts(body: &[u8]) -> Vec<String> {
    let batch = serde_json::from_slice(body).ok().and_then(|envelope: Envelope| {
        serde_json::from_str::<Vec<Value>>(envelope.data.get("events")?.as_str()?).ok()
    });
    let Some(batch) = batch else { return vec![String::from_utf8_lossy(body).into_owned()] };
    let text = |event| if let Value::String(text) = event { text } else { event.to_string() };
    batch.into_iter().map(text).collect()
}

/// A timer trigger at `/<function>`.
pub fn timer(function: &'static str) -> impl Filter<Extract = (), Error = Rejection> + Clone {
    trigger(function).map(|_body: Vec<u8>| ()).untuple_one()
}

fn trigger(function: &'static str) -> impl Filter<Extract = (Vec<u8>,), Error = Rejection> + Clone {
    warp::path(function)
        .and(warp::path::end())
        .and(warp::post())
        .and(body::bytes(ENVELOPE_BYTES_MAX))
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

    #[test]
    fn what_has_another_form_is_handed_on_as_text() {
        let parsed = r#"{"Data":{"events":"[{\"a\":1},\"plain\"]"}}"#;
        assert_eq!(texts(parsed.as_bytes()), [r#"{"a":1}"#, "plain"]);
        for body in ["", "{}", r#"{"Data":{"events":[1]}}"#, r#"{"Data":{"other":"[]"}}"#] {
            assert_eq!(texts(body.as_bytes()), [body]);
        }
    }
}
