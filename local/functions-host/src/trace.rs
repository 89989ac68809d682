//! The trace that a request belongs to, and the page that shows it.

use hyper::header::{HeaderMap, HeaderValue};
use uuid::Uuid;

const TRACEPARENT: &str = "traceparent";

/// The trace id of a request. One without a `traceparent`, or with one that handlers would not
/// read, gets a new one: otherwise the handler would begin a trace that the host does not know.
pub(crate) fn adopt(headers: &mut HeaderMap) -> String {
    let sent = headers.get(TRACEPARENT).and_then(|value| value.to_str().ok());
    if let Some(trace_id) = sent.and_then(trace_id) {
        return trace_id.to_owned();
    }
    let trace_id = Uuid::new_v4().simple().to_string();
    let span_id = Uuid::new_v4().as_u64_pair().0;
    if let Ok(value) = HeaderValue::try_from(format!("00-{trace_id}-{span_id:016x}-01")) {
        headers.insert(TRACEPARENT, value);
    }
    trace_id
}

/// What a `traceparent` (W3C Trace Context, level 1) says of its trace.
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (Some("00"), Some(trace_id), Some(span_id), Some(_flags), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let is_id = |id: &str, length: usize| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        id.len() == length && id.bytes().all(is_hex) && id.bytes().any(|byte| byte != b'0')
    };
    (is_id(trace_id, 32) && is_id(span_id, 16)).then_some(trace_id)
}

/// `Link` to the page of the trace view at `url` (RFC 8288).
pub(crate) fn link(url: &str, trace_id: &str) -> Option<HeaderValue> {
    let url = url.trim_end_matches('/');
    HeaderValue::try_from(format!("<{url}/waterfalls/{trace_id}>; rel=\"trace\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn adopted(sent: Option<&str>) -> (String, String) {
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(TRACEPARENT, HeaderValue::from_str(sent).unwrap());
        }
        let trace_id = adopt(&mut headers);
        (trace_id, headers[TRACEPARENT].to_str().unwrap().to_owned())
    }

    #[test]
    fn a_trace_that_was_begun_is_continued_unchanged() {
        let trace_id = "0af7651916cd43dd8448eb211c80319c".to_owned();
        assert_eq!(adopted(Some(SENT)), (trace_id, SENT.to_owned()));
    }

    #[test]
    fn a_trace_is_begun_where_there_is_none_that_a_handler_would_read() {
        let short = SENT.trim_end_matches("-01");
        let (other, upper) = (SENT.replacen("00", "01", 1), SENT.to_uppercase());
        let zero = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
        for sent in [None, Some(""), Some(short), Some(&other), Some(&upper), Some(&zero)] {
            let (trace_id, traceparent) = adopted(sent);
            assert_eq!(super::trace_id(&traceparent), Some(&*trace_id), "{sent:?}");
            assert_ne!(sent, Some(&*traceparent));
        }
    }
}
