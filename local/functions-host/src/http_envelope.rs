//! HTTP in envelope mode: a request as an invocation, and its `res` output as the answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::body::{Body, whole};
use crate::envelope::Envelope;
use crate::invocation::{Answer, RETURN};
use crate::output_value::Said;
use crate::routes::{RouteValues, decode};
use crate::triggers::HttpTrigger;

/// The function's http output is not a response object.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// The value is something else than an object.
    #[error("the http output is not an object")]
    NotAnObject,
    /// The status code is out of range or not a number.
    #[error("the http output's statusCode is not one")]
    Status,
    /// A header's name or value cannot be sent.
    #[error("the http output has a header that cannot be sent: {0}")]
    Header(#[from] hyper::http::Error),
}

/// The invocation that stands for a request whose body has been read.
pub(crate) fn envelope(
    trigger: &HttpTrigger,
    head: &Parts,
    values: &RouteValues,
    body: &Bytes,
) -> Envelope {
    let query: Map<String, Value> = query_pairs(head.uri.query().unwrap_or_default())
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let mut request = json!({
        "Url": url(head),
        "Method": head.method.as_str(),
        "Query": query,
        "Headers": header_lists(&head.headers),
        "Params": values,
        "Identities": [{ "AuthenticationType": null, "IsAuthenticated": false, "Claims": [] }],
    });
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let binary = content_type.starts_with("application/octet-stream")
        || content_type.starts_with("multipart/");
    let text = String::from_utf8_lossy(body);
    if !body.is_empty()
        && let Some(request) = request.as_object_mut()
    {
        let content = if binary { STANDARD.encode(body) } else { text.clone().into_owned() };
        request.insert("Body".to_owned(), content.into());
    }
    let mut envelope =
        Envelope::default().with_data(&trigger.input, request).with_properties_of(&text);
    for (name, value) in &query {
        if name != "code" {
            envelope = envelope.with_metadata(name, value.clone());
        }
    }
    for (name, value) in values {
        envelope = envelope.with_metadata(name, json!(value));
    }
    let flat: Map<String, Value> = header_texts(&head.headers);
    envelope.with_metadata("Query", query.into()).with_metadata("Headers", flat.into())
}

fn url(head: &Parts) -> String {
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    format!("http://{}{target}", host.unwrap_or("localhost"))
}

/// Query parameters in their order; those of one name, in whichever letter case, are joined by a
/// comma.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decode(&text.replace('+', " ")).unwrap_or_default();
        let (name, value) = (plain(name), plain(value));
        match pairs.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, joined)) => joined.extend([",", &value]),
            None => pairs.push((name, value)),
        }
    }
    pairs
}

fn header_lists(headers: &HeaderMap) -> Map<String, Value> {
    let list = |name| -> Vec<_> { headers.get_all(name).iter().map(header_text).collect() };
    headers.keys().map(|name| (canonical(name.as_str()), json!(list(name)))).collect()
}

fn header_texts(headers: &HeaderMap) -> Map<String, Value> {
    let list = |name| -> Vec<_> { headers.get_all(name).iter().map(header_text).collect() };
    headers.keys().map(|name| (canonical(name.as_str()), list(name).join(",").into())).collect()
}

fn header_text(value: &header::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// The usual spelling of a header's name (`Content-Type`).
fn canonical(name: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// The answer to the caller that a successful invocation stands for.
pub(crate) fn response(
    trigger: &HttpTrigger,
    answer: &Answer,
) -> Result<Response<Body>, OutputError> {
    let plain = |text: &'static str| Response::new(whole(text));
    let (Some(output), Some(outputs)) = (&trigger.output, &answer.outputs) else {
        return Ok(plain(""));
    };
    let Some(value) = outputs.get(output) else { return Ok(plain("{}")) };
    if output == RETURN {
        return returned(value);
    }
    let members = match value {
        Value::Object(members) => Some(members.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    of_members(&members.ok_or(OutputError::NotAnObject)?)
}

/// A return value is an answer when it has a body, and else the body itself. A text that happens to
/// be base64 is taken for bytes, as everywhere.
fn returned(value: &Value) -> Result<Response<Body>, OutputError> {
    let (kind, body) = match Said::of(value.clone(), false) {
        Said::Bytes(bytes) => ("application/octet-stream", bytes),
        Said::Json(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => return returned(&inner),
            Ok(_) | Err(_) => ("text/plain; charset=utf-8", text.into_bytes()),
        },
        Said::Json(Value::Object(members))
            if members.keys().any(|name| name.eq_ignore_ascii_case("body")) =>
        {
            return of_members(&members);
        }
        Said::Json(other) => ("application/json; charset=utf-8", other.to_string().into_bytes()),
    };
    Ok(Response::builder().header(header::CONTENT_TYPE, kind).body(whole(body))?)
}

fn of_members(members: &Map<String, Value>) -> Result<Response<Body>, OutputError> {
    let member = |name: &str| {
        let mut all = members.iter();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let mut response = Response::builder().status(status(member("statusCode"))?);
    let headers = member("headers").and_then(Value::as_object).into_iter().flatten();
    let mut typed = false;
    for (name, value) in headers {
        typed |= name.eq_ignore_ascii_case("content-type");
        response = response.header(name, text_of(value));
    }
    if !typed {
        response = response.header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    }
    let body = match member("body") {
        None | Some(Value::Null) => String::new(),
        Some(value @ (Value::Object(_) | Value::Array(_))) => format!("{value:#}"),
        Some(value) => text_of(value),
    };
    Ok(response.body(whole(body))?)
}

fn status(value: Option<&Value>) -> Result<StatusCode, OutputError> {
    let code = match value {
        None | Some(Value::Null) => return Ok(StatusCode::OK),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|code| u16::try_from(code).ok()),
    };
    code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(OutputError::Status)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;
    use crate::routes::RouteTemplate;
    use crate::triggers::AuthLevel;

    fn trigger() -> HttpTrigger {
        HttpTrigger {
            input: "req".to_owned(),
            output: Some("res".to_owned()),
            route: RouteTemplate::parse("api/order/{id}").unwrap(),
            template: "api/order/{id}".to_owned(),
            methods: Vec::new(),
            auth_level: AuthLevel::Anonymous,
        }
    }

    #[test]
    fn a_request_becomes_the_documented_envelope() {
        let trigger = trigger();
        let request = Request::post("/api/order/7?a=1&a=2")
            .header("content-type", "application/json")
            .header("host", "localhost:7071")
            .body(())
            .unwrap();
        let values = trigger.route.matches(request.uri().path()).unwrap();
        let body = Bytes::from_static(b"{\"qty\":2}");
        let envelope = envelope(&trigger, &request.into_parts().0, &values, &body);
        let expected = json!({
            "Data": { "req": {
                "Url": "http://localhost:7071/api/order/7?a=1&a=2", "Method": "POST",
                "Query": { "a": "1,2" },
                "Headers": { "Content-Type": ["application/json"], "Host": ["localhost:7071"] },
                "Params": { "id": "7" },
                "Identities":
                    [{ "AuthenticationType": null, "IsAuthenticated": false, "Claims": [] }],
                "Body": "{\"qty\":2}",
            } },
            "Metadata": {
                "qty": "\"2\"", "a": "\"1,2\"", "id": "\"7\"", "Query": { "a": "1,2" },
                "Headers": { "Content-Type": "application/json", "Host": "localhost:7071" },
            },
        });
        assert_eq!(json!(envelope), expected);
    }

    #[test]
    fn the_http_output_becomes_the_answer() {
        let outputs =
            json!({ "res": { "StatusCode": "201", "headers": { "X-A": 1 }, "body": "text" } });
        let answer: Answer = serde_json::from_value(json!({ "outputs": outputs })).unwrap();
        let response = response(&trigger(), &answer).unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["x-a"], "1");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    }

    #[test]
    fn a_return_value_is_an_answer_or_the_body_of_one() {
        let response = |value| returned(&value).unwrap();
        let whole = response(json!({ "statusCode": 201, "body": "text" }));
        assert_eq!(
            (whole.status().as_u16(), &whole.headers()["content-type"]),
            (201, &"text/plain; charset=utf-8".parse().unwrap())
        );
        let kind = |value| response(value).headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind(json!({ "id": 7 })), "application/json; charset=utf-8");
        assert_eq!(kind(json!("{\"id\":7}")), "application/json; charset=utf-8");
        assert_eq!(kind(json!("a-text")), "text/plain; charset=utf-8");
        assert_eq!(kind(json!("test")), "application/octet-stream");
    }

    #[test]
    fn a_plain_text_output_is_a_failure() {
        let answer: Answer =
            serde_json::from_value(json!({ "outputs": { "res": "hello" } })).unwrap();
        assert!(matches!(response(&trigger(), &answer), Err(OutputError::NotAnObject)));
    }
}
