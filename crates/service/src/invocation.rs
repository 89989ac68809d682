//! What the Functions host posts for a trigger that is not HTTP: `{"Data": …, "Metadata": …}`.

use std::time::Duration;

use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use warp::{Filter, Rejection, Reply};

use crate::allow_answer_time;
use crate::body::{self, INVOCATION_BYTES_MAX};

/// How long a timer may work: less than host.json's `functionTimeout`.
pub const TIMER_TIME_MAX: Duration = Duration::from_secs(290);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    data: Value,
}

/// An Event Hubs trigger (cardinality many, dataType string, binding `events`): the events' texts,
/// in order.
///
/// The host sends the batch as a JSON string that holds a JSON array of strings. Anything else is
/// handed on as one text, because the host would repeat a refusal for ever.
pub(crate) fn event_batch() -> impl Filter<Extract = (Vec<String>,), Error = Rejection> + Clone {
    body::bytes(INVOCATION_BYTES_MAX).map(|body: Bytes| texts(&body))
}

fn texts(body: &[u8]) -> Vec<String> {
    let batch = serde_json::from_slice(body).ok().and_then(|envelope: Envelope| {
        serde_json::from_str::<Vec<Value>>(envelope.data.get("events")?.as_str()?).ok()
    });
    let Some(batch) = batch else { return vec![String::from_utf8_lossy(body).into_owned()] };
    let text = |event| if let Value::String(text) = event { text } else { event.to_string() };
    batch.into_iter().map(text).collect()
}

/// A queue trigger (dataType string, binding `message`): the message's text, which the host sends
/// as a JSON string in a JSON string. Anything else is handed on as it is.
pub(crate) fn queue_message() -> impl Filter<Extract = (String,), Error = Rejection> + Clone {
    body::bytes(INVOCATION_BYTES_MAX).map(|body: Bytes| text(&body))
}

fn text(body: &[u8]) -> String {
    let message = serde_json::from_slice(body).ok().and_then(|envelope: Envelope| {
        let message = envelope.data.get("message")?.as_str()?;
        Some(serde_json::from_str(message).unwrap_or_else(|_| message.to_owned()))
    });
    message.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned())
}

/// A timer trigger, whatever the host says of its schedule. Nobody waits for its answer, so its
/// work may take as long as the host lets it.
pub(crate) fn timer() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    let tick = body::bytes(INVOCATION_BYTES_MAX);
    tick.map(|_body: Bytes| allow_answer_time(TIMER_TIME_MAX)).untuple_one()
}

/// The answer that completes an invocation. The host never completes one that is answered by an
/// empty body, and fails one whose answer is not JSON.
pub(crate) fn invocation_done() -> impl Reply {
    warp::reply::json(&json!({}))
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;
    use crate::answer_time;

    #[test]
    fn a_timer_ends_before_the_host_would_end_it() {
        let host: Value = serde_json::from_str(include_str!("../../../host.json")).unwrap();
        let limit = host["functionTimeout"].as_str().unwrap();
        let units: Vec<u64> = limit.split(':').map(|unit| unit.parse().unwrap()).collect();
        let [hours, minutes, seconds] = units[..] else { panic!("{limit}") };
        assert!(TIMER_TIME_MAX < Duration::from_secs((hours * 60 + minutes) * 60 + seconds));
    }

    #[tokio::test]
    async fn a_timer_works_longer_than_a_request_is_answered() {
        let tick = async || {
            warp::test::request().method("POST").body("{}").filter(&timer()).await.unwrap();
            sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(answer_time::within(Duration::from_millis(20), tick()).await, Some(()));
    }

    #[tokio::test]
    async fn a_batch_is_decoded_from_its_doubly_encoded_form() {
        // From the host's wire samples: Event Hubs, cardinality many, dataType string.
        let body = r#"{"Data":{"events":"[\"{\\\"a\\\":1}\",\"plain\"]"},"Metadata":{"sys":{}}}"#;
        let request = warp::test::request().method("POST").body(body);
        let batch = request.filter(&event_batch()).await.unwrap();
        assert_eq!(batch, [r#"{"a":1}"#, "plain"]);
    }

    #[test]
    fn a_message_is_decoded_from_its_doubly_encoded_form() {
        // From the host's wire samples: queue, dataType string.
        let body = r#"{"Data":{"message":"\"{\\\"a\\\":1}\""},"Metadata":{"DequeueCount":"1"}}"#;
        assert_eq!(text(body.as_bytes()), r#"{"a":1}"#);
        assert_eq!(text(br#"{"Data":{"message":"plain"}}"#), "plain");
        for body in ["", "{}", r#"{"Data":{"message":1}}"#, r#"{"Data":{"other":"a"}}"#] {
            assert_eq!(text(body.as_bytes()), body);
        }
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
