//! The sender's side, as Azure Communication Services speaks it, and the reader's.

use std::convert::Infallible;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use warp::http::{HeaderMap, StatusCode};
use warp::hyper::body::Bytes;
use warp::reply::{Json, WithStatus};
use warp::{Filter, Rejection, Reply, reply};

use crate::inbox::Inbox;
use crate::page;

const API_VERSION: &str = "2021-03-07";
const BODY_BYTES_MAX: u64 = 64 * 1024;
/// The service's own limits.
const RECIPIENTS_MAX: usize = 100;
const MESSAGE_CHARS_MAX: usize = 2048;
/// E.164 without its plus sign.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendBody {
    from: String,
    sms_recipients: Vec<Recipient>,
    message: String,
}

#[derive(Debug, Deserialize)]
struct Recipient {
    to: String,
}

#[derive(Debug, Deserialize)]
struct SendQuery {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    to: Option<String>,
}

/// All routes.
pub(crate) fn all(
    inbox: Arc<Inbox>,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let inbox = warp::any().map(move || Arc::clone(&inbox));
    send(inbox.clone()).or(list(inbox.clone())).or(list_page(inbox))
}

/// `POST /sms?api-version=2021-03-07`
fn send(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!("sms")
        .and(warp::post())
        .and(warp::header::optional("authorization"))
        .and(warp::query())
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::bytes())
        .and(inbox)
        .map(|authorization: Option<String>, query: SendQuery, body: Bytes, inbox: Arc<Inbox>| {
            answer_send(authorization.as_deref(), &query, &body, &inbox)
        })
}

/// `GET /messages?to=%2B85261234567`
fn list(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!("messages")
        .and(warp::get())
        .and(warp::query())
        .and(inbox)
        .map(|query: ListQuery, inbox: Arc<Inbox>| reply::json(&inbox.list(query.to.as_deref())))
}

/// `GET /?to=61234567`
fn list_page(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path::end()
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .and(warp::query())
        .and(inbox)
        .map(|headers: HeaderMap, query: ListQuery, inbox: Arc<Inbox>| {
            let page = page::list(&inbox.list(None), query.to.as_deref().unwrap_or_default());
            platform_page::answer(&headers, StatusCode::OK, page)
        })
}

fn answer_send(
    authorization: Option<&str>,
    query: &SendQuery,
    body: &[u8],
    inbox: &Inbox,
) -> WithStatus<Json> {
    // Who the caller is does not matter here, only that it says who it is, as it must in Azure.
    let token = authorization.and_then(|header| header.strip_prefix("Bearer "));
    if token.is_none_or(str::is_empty) {
        return refusal(StatusCode::UNAUTHORIZED, "Denied", "a bearer token is missing");
    }
    if query.api_version.as_deref() != Some(API_VERSION) {
        let message = "api-version must be 2021-03-07";
        return refusal(StatusCode::BAD_REQUEST, "InvalidApiVersion", message);
    }
    let body: SendBody = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => return invalid(&error.to_string()),
    };
    if body.sms_recipients.is_empty() || body.sms_recipients.len() > RECIPIENTS_MAX {
        return invalid("smsRecipients must name 1 to 100 recipients");
    }
    if body.message.is_empty() || body.message.chars().count() > MESSAGE_CHARS_MAX {
        return invalid("message must have 1 to 2048 characters");
    }
    let results: Vec<Value> = body
        .sms_recipients
        .iter()
        .map(|recipient| deliver(inbox, &body.from, &recipient.to, &body.message))
        .collect();
    reply::with_status(reply::json(&json!({ "value": results })), StatusCode::ACCEPTED)
}

/// One recipient's result; a bad number fails only itself.
fn deliver(inbox: &Inbox, from: &str, to: &str, message: &str) -> Value {
    let is_number = to.strip_prefix('+').is_some_and(|digits| {
        NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if !is_number {
        let error = "Invalid To phone number format.";
        return json!({
            "to": to, "httpStatusCode": 400, "errorMessage": error, "successful": false
        });
    }
    let message_id = inbox.take(from, to, message);
    json!({ "to": to, "messageId": message_id, "httpStatusCode": 202, "successful": true })
}

fn invalid(message: &str) -> WithStatus<Json> {
    refusal(StatusCode::BAD_REQUEST, "BadRequest", message)
}

fn refusal(status: StatusCode, code: &str, message: &str) -> WithStatus<Json> {
    let body = json!({ "error": { "code": code, "message": message } });
    reply::with_status(reply::json(&body), status)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEND: &str = "/sms?api-version=2021-03-07";

    fn body(to: &[&str]) -> Value {
        let recipients: Vec<Value> = to.iter().map(|to| json!({ "to": to })).collect();
        json!({ "from": "+85230000000", "smsRecipients": recipients, "message": "123456" })
    }

    fn request(path: &str) -> warp::test::RequestBuilder {
        warp::test::request().method("POST").path(path).header("authorization", "Bearer x")
    }

    #[tokio::test]
    async fn a_sent_message_is_the_first_that_its_recipient_finds() {
        let routes = all(Arc::new(Inbox::default()));
        for to in ["+85261234567", "+85269999999"] {
            let sent = request(SEND).json(&body(&[to])).reply(&routes).await;
            assert_eq!(sent.status(), StatusCode::ACCEPTED);
        }
        let path = "/messages?to=%2B85261234567";
        let found = warp::test::request().path(path).reply(&routes).await;
        let found: Vec<Value> = serde_json::from_slice(found.body()).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["message"], "123456");
        assert_eq!(found[0]["to"], "+85261234567");
    }

    #[tokio::test]
    async fn the_page_shows_what_was_sent_as_text_and_finds_a_number_by_its_end() {
        let routes = all(Arc::new(Inbox::default()));
        for (to, text) in [("+85261234567", "<b>123456</b>"), ("+85269999999", "654321")] {
            let mut body = body(&[to]);
            body["message"] = text.into();
            request(SEND).json(&body).reply(&routes).await;
        }
        let page = async |path: &str| {
            let request = warp::test::request().path(path).header("host", "127.0.0.1:27081");
            let answer = request.reply(&routes).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("none"));
            String::from_utf8(answer.body().to_vec()).unwrap()
        };
        let all = page("/").await;
        assert!(all.contains("&lt;b&gt;123456&lt;/b&gt;") && all.contains("654321"), "{all}");
        let found = page("/?to=6123+4567").await;
        assert!(found.contains("123456") && !found.contains("654321"), "{found}");
    }

    #[tokio::test]
    async fn a_bad_number_fails_only_itself() {
        let routes = all(Arc::new(Inbox::default()));
        let sent = request(SEND).json(&body(&["61234567", "+85261234567"])).reply(&routes).await;
        let answer: Value = serde_json::from_slice(sent.body()).unwrap();
        assert_eq!(answer["value"][0]["successful"], false);
        assert_eq!(answer["value"][1]["successful"], true);
    }

    #[tokio::test]
    async fn a_sender_without_token_or_with_another_version_or_body_is_refused() {
        let routes = all(Arc::new(Inbox::default()));
        let anonymous = warp::test::request().method("POST").path(SEND);
        let answer = anonymous.json(&body(&["+85261234567"])).reply(&routes).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        for (path, sent) in [("/sms", body(&["+85261234567"])), (SEND, json!({ "from": "x" }))] {
            let answer = request(path).json(&sent).reply(&routes).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        }
    }
}
