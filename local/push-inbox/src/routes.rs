//! The sender's side, as Azure Notification Hubs speaks it, and the reader's.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use warp::http::{HeaderMap, StatusCode};
use warp::hyper::body::Bytes;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply, reply};

use crate::inbox::{Faults, Inbox, Push};
use crate::page;

const SEND_VERSION: &str = "2015-04";
const TELEMETRY_VERSION: &str = "2016-07";
/// The hub's own limit.
const BODY_BYTES_MAX: u64 = 64 * 1024;
/// Apple's and Google's.
const PAYLOAD_BYTES_MAX: usize = 4096;
const COLLAPSE_ID_BYTES_MAX: usize = 64;

#[derive(Debug, Deserialize)]
struct ListQuery {
    device_handle: Option<String>,
}

type Query = HashMap<String, String>;

/// All routes.
pub(crate) fn all(
    inbox: Arc<Inbox>,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let inbox = warp::any().map(move || Arc::clone(&inbox));
    let sides = send(inbox.clone()).or(telemetry(inbox.clone())).or(list(inbox.clone()));
    sides.or(misbehave(inbox.clone())).or(list_page(inbox))
}

/// `POST /<hub>/messages/?direct&api-version=2015-04`
fn send(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!(String / "messages")
        .and(warp::post())
        .and(warp::header::headers_cloned())
        .and(warp::query())
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::bytes())
        .and(inbox)
        .map(|hub: String, headers: HeaderMap, query: Query, body: Bytes, inbox: Arc<Inbox>| {
            answer_send(&hub, &headers, &query, &body, &inbox)
        })
}

/// `GET /<hub>/messages/<id>?api-version=2016-07`
fn telemetry(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!(String / "messages" / String)
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .and(warp::query())
        .and(inbox)
        .map(|_hub, id: String, headers: HeaderMap, query: Query, inbox: Arc<Inbox>| {
            answer_telemetry(&id, &headers, &query, &inbox)
        })
}

/// `GET /pushes?device_handle=…`
fn list(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!("pushes").and(warp::get()).and(warp::query()).and(inbox).map(
        |query: ListQuery, inbox: Arc<Inbox>| {
            reply::json(&inbox.list(query.device_handle.as_deref()))
        },
    )
}

/// `PUT /faults`
fn misbehave(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path!("faults")
        .and(warp::put())
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::json())
        .and(inbox)
        .map(|faults: Faults, inbox: Arc<Inbox>| {
            inbox.misbehave(faults);
            StatusCode::NO_CONTENT
        })
}

/// `GET /?device_handle=…`
fn list_page(
    inbox: impl Filter<Extract = (Arc<Inbox>,), Error = Infallible> + Clone + Send + Sync,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    warp::path::end()
        .and(warp::get())
        .and(warp::header::headers_cloned())
        .and(warp::query())
        .and(inbox)
        .map(|headers: HeaderMap, query: ListQuery, inbox: Arc<Inbox>| {
            let device = query.device_handle.unwrap_or_default();
            platform_page::answer(&headers, StatusCode::OK, page::list(&inbox.list(None), &device))
        })
}

fn answer_send(
    hub: &str,
    headers: &HeaderMap,
    query: &Query,
    body: &[u8],
    inbox: &Inbox,
) -> Response {
    if !is_signed(headers) {
        return refusal(StatusCode::UNAUTHORIZED, "a shared access signature is missing");
    }
    let is_direct = query.contains_key("direct");
    if !is_direct || query.get("api-version").map(String::as_str) != Some(SEND_VERSION) {
        return refusal(StatusCode::BAD_REQUEST, "direct and api-version=2015-04 are expected");
    }
    let faults = inbox.faults();
    if let Some(status) = faults.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        inbox.count_refused();
        let refused = refusal(status, "a fault");
        return match faults.retry_after_seconds {
            Some(seconds) => reply::with_header(refused, "retry-after", seconds).into_response(),
            None => refused,
        };
    }
    let push = match read_push(headers, body) {
        Ok(push) => push,
        Err(problem) => return refusal(StatusCode::BAD_REQUEST, problem),
    };
    if faults.gone_tokens.contains(&push.device_handle) {
        inbox.count_refused();
        return refusal(StatusCode::GONE, "the platform knows this token no more");
    }
    let host = text(headers, "host").unwrap_or_default();
    let id = inbox.take(push);
    let location = format!("http://{host}/{hub}/messages/{id}?api-version={SEND_VERSION}");
    let created = reply::with_status(reply::reply(), StatusCode::CREATED);
    reply::with_header(created, "location", location).into_response()
}

/// As the platforms want it, or what is wrong.
fn read_push(headers: &HeaderMap, body: &[u8]) -> Result<Push, &'static str> {
    let device_handle = text(headers, "servicebusnotification-devicehandle");
    let device_handle = device_handle.ok_or("a device handle is missing")?;
    let payload: Value = serde_json::from_slice(body).map_err(|_| "the body must be JSON")?;
    if body.len() > PAYLOAD_BYTES_MAX {
        return Err("the platforms take 4 KiB");
    }
    let format = text(headers, "servicebusnotification-format").unwrap_or_default();
    let (alert, collapse_id) = match &*format {
        "apple" => (payload.pointer("/aps/alert"), text(headers, "apns-collapse-id")),
        "fcmv1" => {
            let tag = payload.pointer("/message/android/notification/tag").and_then(Value::as_str);
            (payload.pointer("/message/notification"), tag.map(str::to_owned))
        }
        _ => return Err("the format must be apple or fcmv1"),
    };
    if collapse_id.as_ref().is_some_and(|id| id.len() > COLLAPSE_ID_BYTES_MAX) {
        return Err("a collapse id has 64 bytes at most");
    }
    let alert = alert.ok_or("there is nothing to show")?;
    let shown = |name: &str| alert.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Push {
        hub_message_id: String::new(),
        device_handle,
        title: shown("title"),
        body: shown("body"),
        format,
        collapse_id,
        payload,
        received_at: OffsetDateTime::now_utc(),
    })
}

fn answer_telemetry(id: &str, headers: &HeaderMap, query: &Query, inbox: &Inbox) -> Response {
    if !is_signed(headers) {
        return refusal(StatusCode::UNAUTHORIZED, "a shared access signature is missing");
    }
    if query.get("api-version").map(String::as_str) != Some(TELEMETRY_VERSION) {
        return refusal(StatusCode::BAD_REQUEST, "api-version=2016-07 is expected");
    }
    let Some(push) = inbox.find(id) else {
        return refusal(StatusCode::NOT_FOUND, "there is no such message");
    };
    let is_dead = inbox.faults().dead_tokens.contains(&push.device_handle);
    let outcome = if is_dead { "ExpiredChannel" } else { "Success" };
    let counts = if push.format == "apple" { "ApnsOutcomeCounts" } else { "FcmV1OutcomeCounts" };
    let xml = format!(
        "<NotificationDetails><NotificationId>{id}</NotificationId><State>Completed</State>\
         <{counts}><Outcome><Name>{outcome}</Name><Count>1</Count></Outcome></{counts}>\
         </NotificationDetails>"
    );
    reply::with_header(xml, "content-type", "application/xml").into_response()
}

/// Who the caller is does not matter here, only that it signs as it must in Azure, for a time that
/// is not over.
fn is_signed(headers: &HeaderMap) -> bool {
    let Some(header) = text(headers, "authorization") else { return false };
    let Some(fields) = header.strip_prefix("SharedAccessSignature ") else { return false };
    let fields: HashMap<&str, &str> =
        fields.split('&').filter_map(|field| field.split_once('=')).collect();
    let is_there = |name| fields.get(name).is_some_and(|value| !value.is_empty());
    let expires: Option<i64> = fields.get("se").and_then(|seconds| seconds.parse().ok());
    ["sr", "sig", "skn"].iter().all(is_there)
        && expires.is_some_and(|expires| expires > OffsetDateTime::now_utc().unix_timestamp())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn refusal(status: StatusCode, problem: &'static str) -> Response {
    reply::with_status(problem, status).into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SEND: &str = "/phones/messages/?direct&api-version=2015-04";

    fn request(path: &str) -> warp::test::RequestBuilder {
        let expires = OffsetDateTime::now_utc().unix_timestamp().saturating_add(60);
        let signature = format!("SharedAccessSignature sr=a&sig=b&se={expires}&skn=c");
        warp::test::request().path(path).header("authorization", signature)
    }

    fn to_apple(token: &str) -> warp::test::RequestBuilder {
        request(SEND)
            .method("POST")
            .header("servicebusnotification-format", "apple")
            .header("servicebusnotification-devicehandle", token)
            .json(&json!({ "aps": { "alert": { "title": "Hello", "body": "you" } } }))
    }

    #[tokio::test]
    async fn a_push_is_shown_and_its_location_leads_to_what_became_of_it() {
        let inbox = Arc::new(Inbox::default());
        let routes = all(Arc::clone(&inbox));
        for token in ["alive", "dead"] {
            assert_eq!(to_apple(token).reply(&routes).await.status(), StatusCode::CREATED);
        }
        let path = "/pushes?device_handle=alive";
        let found = warp::test::request().path(path).reply(&routes).await;
        let found: Vec<Value> = serde_json::from_slice(found.body()).unwrap();
        assert_eq!((found.len(), &found[0]["title"]), (1, &json!("Hello")));
        let page = warp::test::request().path("/?device_handle=aliv").header("host", "localhost");
        let page = page.reply(&routes).await;
        let page = String::from_utf8(page.body().to_vec()).unwrap();
        assert!(page.contains("<td>alive</td>") && !page.contains("<td>dead</td>"), "{page}");
        inbox.misbehave(Faults { dead_tokens: ["dead".to_owned()].into(), ..Faults::default() });
        for (token, outcome) in [("alive", "Success"), ("dead", "ExpiredChannel")] {
            let id = inbox.list(Some(token))[0].hub_message_id.clone();
            let path = format!("/phones/messages/{id}?api-version=2016-07");
            let told = request(&path).reply(&routes).await;
            let told = String::from_utf8(told.body().to_vec()).unwrap();
            assert!(told.contains(&format!("<Name>{outcome}</Name>")), "{told}");
        }
    }

    #[tokio::test]
    async fn a_push_that_the_hub_would_not_take_is_refused() {
        let routes = all(Arc::new(Inbox::default()));
        let unsigned = warp::test::request().method("POST").path(SEND).body("{}");
        assert_eq!(unsigned.reply(&routes).await.status(), StatusCode::UNAUTHORIZED);
        let nowhere = request(SEND).method("POST").body("{}");
        assert_eq!(nowhere.reply(&routes).await.status(), StatusCode::BAD_REQUEST);
        let long = to_apple("a").header("apns-collapse-id", "x".repeat(65));
        assert_eq!(long.reply(&routes).await.status(), StatusCode::BAD_REQUEST);
        let old = to_apple("a").path("/phones/messages/?direct&api-version=2014-09");
        assert_eq!(old.reply(&routes).await.status(), StatusCode::BAD_REQUEST);
    }

    #[tokio::test]
    async fn faults_are_answered_until_they_are_taken_back() {
        let inbox = Arc::new(Inbox::default());
        let routes = all(Arc::clone(&inbox));
        let fault = json!({ "status": 429, "retry_after_seconds": 7 });
        let put = warp::test::request().method("PUT").path("/faults");
        assert_eq!(put.json(&fault).reply(&routes).await.status(), StatusCode::NO_CONTENT);
        let refused = to_apple("a").reply(&routes).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()["retry-after"], "7");
        let put = warp::test::request().method("PUT").path("/faults");
        put.json(&json!({ "gone_tokens": ["a"] })).reply(&routes).await;
        assert_eq!(to_apple("a").reply(&routes).await.status(), StatusCode::GONE);
        assert_eq!(to_apple("b").reply(&routes).await.status(), StatusCode::CREATED);
        assert_eq!((inbox.refused(), inbox.list(None).len()), (2, 1));
    }
}
