//! Reading a request's JSON body: bounded, strict, and refused with a sentence that says why.

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use values::Refusal;
use warp::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use warp::{Filter, Rejection, reject};

use crate::Problem;
use crate::header::single;
use crate::refusals::{BODY_TOO_LARGE, JSON_EXPECTED};

/// What a JSON body says that it is (RFC 8259).
pub(crate) const JSON: &str = "application/json";
/// What a JSON merge patch says that it is (RFC 7396).
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";

/// The largest body an API route reads, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The largest invocation that is read, in bytes: host.json's 100 events of at most 64 KiB each,
/// which their two encodings can make four times as long.
pub(crate) const INVOCATION_BYTES_MAX: usize = 100 * 64 * 1024 * 4;

/// How much of the rest of an oversized body is read and forgotten, in bytes.
const FORGOTTEN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The bytes of a JSON body that says it is of one of these types: 415 for another, 413 above
/// [`BODY_BYTES_MAX`].
pub(crate) fn json_bytes(
    media_types: &'static [&'static str],
) -> impl Filter<Extract = (Bytes,), Error = Rejection> + Clone {
    require_json(media_types).and(bytes(BODY_BYTES_MAX))
}

/// The whole body, before anything decides about the request: an answer that overtakes the rest of
/// the body breaks the connection, and the host then makes a 500 of it. Of a body above the limit
/// one byte too many is kept, so that its route refuses it; the rest is read and forgotten.
pub(crate) async fn whole(mut body: Incoming, is_api: bool) -> Result<Bytes, hyper::Error> {
    let limit = if is_api { BODY_BYTES_MAX } else { INVOCATION_BYTES_MAX };
    let (mut kept, mut read) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        let Some(part) = frame.data_ref() else { continue };
        read = read.saturating_add(part.len());
        let room = limit.saturating_add(1).saturating_sub(kept.len());
        kept.extend_from_slice(&part[..part.len().min(room)]);
        if read > limit.saturating_add(FORGOTTEN_BYTES_MAX) {
            break;
        }
    }
    Ok(Bytes::from(kept))
}

/// The body's bytes, which [`whole`] has read; 413 above the limit.
pub(crate) fn bytes(limit: usize) -> impl Filter<Extract = (Bytes,), Error = Rejection> + Clone {
    warp::body::bytes().and_then(move |body: Bytes| async move {
        if body.len() <= limit {
            return Ok(body);
        }
        Err(reject::custom(Problem::from(too_large(limit))))
    })
}

/// What a body above the limit is refused by.
pub(crate) fn too_large(limit: usize) -> Refusal {
    BODY_TOO_LARGE.because(format_args!("A body has at most {limit} bytes."))
}

fn require_json(
    media_types: &'static [&'static str],
) -> impl Filter<Extract = (), Error = Rejection> + Clone {
    warp::header::headers_cloned()
        .and_then(move |headers: HeaderMap| async move {
            let refused = |refusal| reject::custom(Problem::from(refusal));
            says_json(&headers, media_types).map_err(refused)
        })
        .untuple_one()
}

/// A body is JSON by what its header says, and not packed.
pub(crate) fn says_json(headers: &HeaderMap, media_types: &[&str]) -> Result<(), Refusal> {
    let came = single(headers, CONTENT_TYPE.as_str()).ok().flatten();
    let is_expected = came.is_some_and(|came| is_json(media_types, came));
    let is_plain = !headers.contains_key(CONTENT_ENCODING);
    (is_expected && is_plain).then_some(()).ok_or(JSON_EXPECTED)
}

/// One of these types, in no other character set than UTF-8 (RFC 8259).
fn is_json(media_types: &[&str], came: &str) -> bool {
    let mut parts = came.split(';').map(str::trim);
    let is_named = |name: &str| media_types.iter().any(|known| name.eq_ignore_ascii_case(known));
    parts.next().is_some_and(is_named)
        && parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset")
                || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_utf_8_whatever_else_the_header_says() {
        for media_type in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"; profile=x",
        ] {
            assert!(is_json(&[JSON], media_type), "{media_type}");
        }
        for media_type in
            ["", "text/plain", "application/json; charset=utf-16", "application/jsonp", MERGE_PATCH]
        {
            assert!(!is_json(&[JSON], media_type), "{media_type}");
        }
    }
}
