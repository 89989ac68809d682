//! Reading a request's JSON body: bounded, strict, and refused with a sentence that says why.

use futures_util::{Stream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use serde::de::DeserializeOwned;
use warp::http::StatusCode;
use warp::{Buf, Filter, Rejection, reject};

use crate::Problem;
use crate::invocation::ENVELOPE_BYTES_MAX;

/// The largest body an API route reads, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// How much of a body that is too large is read nevertheless, in bytes.
const FORGOTTEN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A JSON body of type `T`, as sent: 415 for another content type, 413 above [`BODY_BYTES_MAX`],
/// 400 for anything that is not a `T`.
pub fn json_body<T: DeserializeOwned + Send>()
-> impl Filter<Extract = (T,), Error = Rejection> + Clone {
    require_json().and(bytes(BODY_BYTES_MAX)).and_then(|body: Vec<u8>| async move {
        serde_json::from_slice::<T>(&body).map_err(|error| {
            reject::custom(Problem::bad_request("invalid-body", error.to_string()))
        })
    })
}

/// The whole body, before anything decides about the request: an answer that overtakes the rest of
/// the body breaks the connection, and the host then makes a 500 of it. Of a body above the limit
/// that its route will check, one byte too many is kept and the rest is read and forgotten.
pub(crate) async fn whole(mut body: Incoming, is_api: bool) -> Result<Bytes, hyper::Error> {
    let limit = if is_api { BODY_BYTES_MAX } else { ENVELOPE_BYTES_MAX };
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

/// The body's bytes, whether their length was announced or they come in chunks; 413 above the
/// limit.
pub(crate) fn bytes(limit: usize) -> impl Filter<Extract = (Vec<u8>,), Error = Rejection> + Clone {
    warp::body::stream().and_then(move |stream| read(stream, limit))
}

async fn read(
    stream: impl Stream<Item = Result<impl Buf, warp::Error>>,
    limit: usize,
) -> Result<Vec<u8>, Rejection> {
    let mut stream = std::pin::pin!(stream);
    let mut body = Vec::new();
    while let Some(part) = stream.next().await {
        let mut part = part.map_err(|_| {
            reject::custom(Problem::bad_request("invalid-body", "The body broke off."))
        })?;
        if part.remaining() > limit.saturating_sub(body.len()) {
            return Err(reject::custom(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                format!("A body has at most {limit} bytes."),
            )));
        }
        while part.has_remaining() {
            let chunk = part.chunk();
            body.extend_from_slice(chunk);
            let read = chunk.len();
            part.advance(read);
        }
    }
    Ok(body)
}

fn require_json() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    warp::header::optional::<String>("content-type")
        .and_then(|content_type: Option<String>| async move {
            let media_type = content_type.as_deref().unwrap_or_default();
            let essence = media_type.split(';').next().unwrap_or_default().trim();
            if essence.eq_ignore_ascii_case("application/json") {
                return Ok(());
            }
            Err(reject::custom(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "json-expected",
                "The body's content type must be application/json.",
            )))
        })
        .untuple_one()
}
