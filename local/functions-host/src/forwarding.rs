//! Forwards one HTTP request to a handler by `enableForwardingHttpRequest`: other than a proxied
//! one, it is written anew from what the host read of it, and the answer is read whole first.

use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, Uri};
use tokio::time::Instant;

use crate::app::App;
use crate::body::{Body, MAX_BODY_BYTES, whole};
use crate::execution::Execution;
use crate::http_envelope::query_pairs;
use crate::proxy::{
    self, HOST_VERSION, HandlerClient, HandlerError, INVOCATION_ID, VERSION_HEADER,
};
use crate::request_body::RequestBody;
use crate::routes::decode;

/// What .NET holds to be a part of the content, and lets no request without content have. Those of
/// the content itself are added where there is one.
const OF_THE_CONTENT: [HeaderName; 10] = [
    header::ALLOW,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::EXPIRES,
    header::LAST_MODIFIED,
];

/// What a path and the names and values of a query show as they are, besides letters and digits.
const PLAIN_IN_PATH: &[u8] = b"-._~!$&'()*+,;=:@/%[]";
const PLAIN_IN_QUERY: &[u8] = b"-._~!$()*,;@";

/// Passes a request on to the app's handler at `port`, and its answer back, whatever its status.
pub(crate) async fn forward(
    client: &HandlerClient,
    (app, port): (&Arc<App>, u16),
    (invocation_id, mut execution): (&str, Option<Execution>),
    request: Request<Incoming>,
) -> Result<Response<Body>, HandlerError> {
    let end = app.host.function_timeout.and_then(|limit| Instant::now().checked_add(limit));
    let exchange = async {
        let (head, body) = request.into_parts();
        let request = written_anew(head, body, invocation_id)?;
        let (mut head, body) = client.send(port, request).await?.into_parts();
        let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
        let body = body.map_err(HandlerError::Broken)?.to_bytes();
        proxy::remove_hop_by_hop(&mut head.headers);
        Ok(Response::from_parts(head, whole(body)))
    };
    let answer = proxy::in_time(app, end, None, exchange).await.flatten();
    answer.inspect_err(|_| {
        execution.as_mut().map(Execution::fail);
    })
}

fn written_anew(
    mut head: Parts,
    body: Incoming,
    invocation_id: &str,
) -> Result<Request<Body>, HandlerError> {
    if head.headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(HandlerError::Chunked);
    }
    head.uri = target(&head.uri)?;
    let kind = head.headers.get(header::CONTENT_TYPE).cloned();
    proxy::remove_hop_by_hop(&mut head.headers);
    for name in OF_THE_CONTENT {
        head.headers.remove(name);
    }
    let id = HeaderValue::from_str(invocation_id).map_err(hyper::http::Error::from)?;
    head.headers.insert(VERSION_HEADER, HOST_VERSION);
    head.headers.insert(INVOCATION_ID, id);
    name_the_host(&mut head.headers)?;
    // Its length goes with it.
    let body = if body.is_end_stream() {
        whole("")
    } else {
        head.headers.extend(kind.map(|kind| (header::CONTENT_TYPE, kind)));
        RequestBody::new(body).boxed_unsync()
    };
    Ok(Request::from_parts(head, body))
}

/// Adds this host to the programs that `User-Agent` tells of.
fn name_the_host(headers: &mut HeaderMap) -> Result<(), HandlerError> {
    let own = proxy::USER_AGENT;
    let agents = headers.get_all(header::USER_AGENT).into_iter().chain([&own]);
    let agents: Vec<&[u8]> = agents.map(HeaderValue::as_bytes).collect();
    let agents = HeaderValue::from_bytes(&agents.join(&b' ')).map_err(hyper::http::Error::from)?;
    headers.insert(header::USER_AGENT, agents);
    Ok(())
}

/// The path with its escapes resolved, as far as a path can do without them, and the query with
/// each name once.
fn target(uri: &Uri) -> Result<Uri, HandlerError> {
    let path = plain_path(uri.path());
    let pairs = query_pairs(uri.query().unwrap_or_default());
    let pair = |(name, value): &(String, String)| {
        format!("{}={}", escape(name, PLAIN_IN_QUERY), escape(value, PLAIN_IN_QUERY))
    };
    let query = pairs.iter().map(pair).collect::<Vec<_>>().join("&");
    let target = if query.is_empty() { path } else { format!("{path}?{query}") };
    Ok(target.parse::<PathAndQuery>().map_err(hyper::http::Error::from)?.into())
}

/// What .NET makes of a path that it has read: a slash in a segment stays escaped, dots lead where
/// they lead, and what was an escaped `?` or `#` is the end.
fn plain_path(path: &str) -> String {
    let segments = path.trim_start_matches('/').split('/').map(|segment| {
        let kept = segment.replace("%2F", "%252F").replace("%2f", "%252f");
        decode(&kept).unwrap_or_else(|| segment.to_owned())
    });
    let mut kept: Vec<String> = Vec::new();
    let mut ends_in_folder = false;
    for segment in segments {
        ends_in_folder = matches!(segment.as_str(), "." | "..");
        match segment.as_str() {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    let mut path = format!("/{}", kept.join("/"));
    if ends_in_folder && !path.ends_with('/') {
        path.push('/');
    }
    let end = path.find(['?', '#']).unwrap_or(path.len());
    path.truncate(end);
    escape(&path.replace('\\', "/"), PLAIN_IN_PATH)
}

fn escape(text: &str, plain: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(sent: &str) -> String {
        target(&sent.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_path_loses_the_escapes_that_it_can_do_without() {
        for (sent, arrives) in [
            ("/api/order/42", "/api/order/42"),
            ("/api/caf%C3%A9/a%20b/%7Eme", "/api/caf%C3%A9/a%20b/~me"),
            ("/api/a%2Fb", "/api/a%2Fb"),
            ("/api/a/./b/../c", "/api/a/c"),
            ("/api/a/..", "/api/"),
            ("/api/what%3Fnow", "/api/what"),
            ("/api/", "/api/"),
        ] {
            assert_eq!(forwarded(sent), arrives, "{sent}");
        }
    }

    #[test]
    fn a_query_has_each_name_once() {
        for (sent, arrives) in [
            ("/q?a=1&b=x+y&A=2", "/q?a=1,2&b=x%20y"),
            ("/q?flag", "/q?flag="),
            ("/q?", "/q"),
            ("/q?code=k&u=%E4%B8%AD%26", "/q?code=k&u=%E4%B8%AD%26"),
        ] {
            assert_eq!(forwarded(sent), arrives, "{sent}");
        }
    }
}
