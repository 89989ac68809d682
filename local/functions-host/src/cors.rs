//! Which pages of other origins may read answers: `Host.CORS` of local.settings.json, by the rules
//! of ASP.NET's middleware, which `func` takes.

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use crate::body::{Body, whole};

const ANY: &str = "*";

/// What a preflight asks for, and the header that grants it.
const ASKED_AND_GRANTED: [(HeaderName, HeaderName); 2] = [
    (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
    (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
];

/// All origins, and credentials: the CORS protocol does not allow both.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("Host.CORS: `*` and CORSCredentials exclude each other")]
pub(crate) struct CorsError;

/// The origins that are allowed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cors {
    origins: Vec<String>,
    with_credentials: bool,
}

impl Cors {
    /// Reads a list with commas.
    pub(crate) fn parse(list: &str, with_credentials: bool) -> Result<Self, CorsError> {
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins: Vec<String> = origins.map(str::to_owned).collect();
        if with_credentials && origins.iter().any(|origin| origin == ANY) {
            return Err(CorsError);
        }
        Ok(Self { origins, with_credentials })
    }

    /// What the answer to this request says to its page; nothing where it is no page's, or no
    /// origin is allowed at all.
    pub(crate) fn grant<B>(&self, request: &Request<B>) -> Option<HeaderMap> {
        let origin = request.headers().get(header::ORIGIN).filter(|_| !self.origins.is_empty())?;
        let mut granted = HeaderMap::new();
        let is_any = self.origins.iter().any(|allowed| allowed == ANY);
        if !is_any && !self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) {
            return Some(granted);
        }
        let allowed = if is_any { HeaderValue::from_static(ANY) } else { origin.clone() };
        granted.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if self.with_credentials {
            let yes = HeaderValue::from_static("true");
            granted.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        if !is_any && self.origins.len() > 1 {
            granted.insert(header::VARY, HeaderValue::from_static("Origin"));
        }
        Some(granted)
    }
}

/// Whether a page asks beforehand whether it may send a request; then no function is asked.
pub(crate) fn is_preflight<B>(request: &Request<B>) -> bool {
    *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to it: if the origin is allowed, whatever it asks for is granted.
pub(crate) fn preflight<B>(request: &Request<B>, mut granted: HeaderMap) -> Response<Body> {
    if granted.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for (asked, grant) in ASKED_AND_GRANTED {
            if let Some(value) = request.headers().get(asked) {
                granted.insert(grant, value.clone());
            }
        }
    }
    let mut response = Response::new(whole(""));
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.headers_mut() = granted;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(list: &str, with_credentials: bool, origin: &str) -> Option<HeaderMap> {
        let cors = Cors::parse(list, with_credentials).unwrap();
        cors.grant(&Request::get("/").header(header::ORIGIN, origin).body(()).unwrap())
    }

    #[test]
    fn a_listed_origin_is_named_and_another_one_is_not() {
        let list = "http://localhost:3000, https://shop.example";
        let headers = granted(list, true, "https://shop.example").unwrap();
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        assert_eq!(headers[header::VARY], "Origin");
        assert!(granted(list, true, "https://other.example").unwrap().is_empty());
        assert_eq!(granted("", false, "https://shop.example"), None);
    }

    #[test]
    fn a_star_allows_every_origin_but_not_with_credentials() {
        let headers = granted("*", false, "https://shop.example").unwrap();
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(Cors::parse("*", true), Err(CorsError));
    }
}
