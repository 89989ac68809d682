//! What RFC 9110 and 9112 ask of a request before anyone reads it, where the HTTP library does not
//! ask it already.

use hyper::header::{self, HeaderMap};
use hyper::http::uri::Authority;
use hyper::{Request, Version};

use crate::problem::Problem;

/// Refuses a request whose address or body could be read in two ways.
pub(crate) fn check<B>(request: &Request<B>) -> Result<(), Problem> {
    check_host(request.version(), request.headers())?;
    check_transfer_coding(request.headers())
}

/// One host name, which only HTTP/1.0 may leave out.
fn check_host(version: Version, headers: &HeaderMap) -> Result<(), Problem> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_name = match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => {
            host.to_str().is_ok_and(|host| !host.contains('@') && host.parse::<Authority>().is_ok())
        }
        (Some(_), Some(_)) => false,
    };
    if is_name { Ok(()) } else { Err(Problem::BAD_HOST) }
}

/// A body that is chunked and nothing else: one that is also compressed would be passed on as if it
/// were plain. The HTTP library has refused those that do not end in `chunked`.
fn check_transfer_coding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_known = match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    };
    if is_known { Ok(()) } else { Err(Problem::UNKNOWN_CODING) }
}
