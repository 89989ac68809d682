//! Headers that have one value: exactly one line, or the request is refused.
//!
//! One program on the way takes the first of two lines, another the last: with two tokens or two
//! idempotency keys a client would tell them different things.

use values::{IdempotencyKey, Refusal};
use warp::http::header::{AUTHORIZATION, HeaderMap};

use crate::refusals::{IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_MISSING};

/// The client's name for an operation.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The header appears twice, or is not visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmbiguousHeader;

/// The header's one value; `None` if it is absent.
pub fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, AmbiguousHeader> {
    let mut lines = headers.get_all(name).iter();
    match (lines.next(), lines.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| AmbiguousHeader),
        (Some(_), Some(_)) => Err(AmbiguousHeader),
    }
}

/// The bearer token (RFC 6750); `None` if there is not exactly one.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, AUTHORIZATION.as_str()).ok()??.split_once(' ')?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && token.bytes().all(is_token)).then_some(token)
}

/// The one idempotency key. `"k"` is the string `k` of a structured field (RFC 9651).
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<IdempotencyKey, Refusal> {
    let value = single(headers, IDEMPOTENCY_KEY)
        .map_err(|AmbiguousHeader| IDEMPOTENCY_KEY_INVALID)?
        .ok_or(IDEMPOTENCY_KEY_MISSING)?
        .trim_matches(' ');
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    quoted
        .unwrap_or(value)
        .parse()
        .map_err(|error: values::IdempotencyKeyError| IDEMPOTENCY_KEY_INVALID.because(error))
}

/// A message with these lines of one header.
#[cfg(test)]
pub(crate) fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
    use warp::http::header::HeaderValue;

    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name, HeaderValue::from_bytes(line.as_bytes()).unwrap());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_key_however_it_is_written() {
        for lines in [["k-7"], ["\"k-7\""], [" k-7 "]] {
            let key = idempotency_key(&headers(IDEMPOTENCY_KEY, &lines)).unwrap();
            assert_eq!(key.as_str(), "k-7", "{lines:?}");
        }
    }

    #[test]
    fn what_is_not_exactly_one_key_is_refused() {
        for lines in [
            &[][..],
            &[""],
            &["k-1", "k-2"],
            &["k-1", "k-1"],
            &["k-1,k-2"],
            &["\"k-7"],
            &["k-7\""],
            &["\"k\"7\""],
            &["\"\""],
            &["k;q=1"],
            &["ключ"],
        ] {
            assert!(idempotency_key(&headers(IDEMPOTENCY_KEY, lines)).is_err(), "{lines:?}");
        }
    }

    #[test]
    fn a_token_stands_in_one_line_of_the_right_scheme() {
        for lines in [["Bearer a.b-c_d"], ["bearer  a.b-c_d"]] {
            let headers = headers("authorization", &lines);
            assert_eq!(bearer_token(&headers), Some("a.b-c_d"), "{lines:?}");
        }
        for lines in [
            &[][..],
            &["a.b.c"],
            &["Basic a.b.c"],
            &["Bearer a.b.c", "Bearer a.b.c"],
            &["Bearer a.b.c, Bearer d.e.f"],
            &["Bearer \"a.b.c\""],
        ] {
            assert_eq!(bearer_token(&headers("authorization", lines)), None, "{lines:?}");
        }
    }
}
