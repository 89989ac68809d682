//! Conditional requests (RFC 9110, section 13). An entity tag is a thing's version and a digest of
//! what was answered: the version decides what a change replaces, both decide what a client holds.
//! The version alone would not do, since `/users/me` of two people have the same, and a service
//! that learns a new field answers more of an old version.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use warp::http::Method;
use warp::http::header::{HeaderMap, HeaderValue, IF_MATCH, IF_NONE_MATCH};

use crate::header::{AmbiguousHeader, single};
use crate::problem::Problem;
use crate::refusals::{IF_MATCH_INVALID, IF_MATCH_MISSING, VERSION_STALE};

/// Bytes of the digest in an entity tag.
const DIGEST_BYTES: usize = 6;

/// The version that a change replaces. Of two changes of one version only the first is made, so
/// none is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(u32);

impl IfMatch {
    /// Refuses the change of a thing that has another version by now: 412 `version-stale`. To be
    /// asked while the thing is locked.
    pub fn require(self, current: u32) -> Result<(), Problem> {
        if self.0 == current {
            return Ok(());
        }
        let detail = format!("The version is {current} by now; read it, and change that one.");
        Err(VERSION_STALE.because(detail).into())
    }

    /// The one version that the request names, or why it names none.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        // `*` would be a change of whatever is there, and so could undo one that nobody saw. A weak
        // tag never matches here, and of several tags the client has seen one.
        let invalid = || Problem::from(IF_MATCH_INVALID);
        let tag = single(headers, IF_MATCH.as_str())
            .map_err(|AmbiguousHeader| invalid())?
            .ok_or_else(|| Problem::from(IF_MATCH_MISSING))?
            .trim_matches(' ');
        let version = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let version = version.map(|tag| tag.split_once('-').map_or(tag, |(version, _)| version));
        version.and_then(version_of).map(Self).ok_or_else(invalid)
    }
}

/// The digits of a version, in the one form that we write.
fn version_of(digits: &str) -> Option<u32> {
    let is_ours = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    is_ours.then(|| digits.parse().ok()).flatten()
}

/// The entity tag of a version and its body. Such a text is always a header's value.
pub(crate) fn etag(version: u32, body: &[u8]) -> Option<HeaderValue> {
    let digest = digest(&SHA256, body);
    let short = digest.as_ref().get(..DIGEST_BYTES).unwrap_or_default();
    HeaderValue::try_from(format!("\"{version}-{}\"", URL_SAFE_NO_PAD.encode(short))).ok()
}

/// What the client holds of what it reads: the lines of `If-None-Match`.
pub(crate) struct Held(Vec<HeaderValue>);

impl Held {
    /// Nothing, of a request that does not read.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let reads = [Method::GET, Method::HEAD].contains(method);
        let lines = headers.get_all(IF_NONE_MATCH).iter().filter(|_| reads);
        Self(lines.cloned().collect())
    }

    /// Whether that with this entity tag is among it; weak comparison.
    pub(crate) fn has(&self, etag: &HeaderValue) -> bool {
        let wanted = etag.to_str().ok().and_then(|etag| tags(etag).next());
        let mut lines = self.0.iter().filter_map(|line| line.to_str().ok());
        lines.any(|line| line.trim() == "*" || tags(line).any(|tag| Some(tag) == wanted))
    }
}

/// What stands between the quotes of each entity tag, which may be commas too.
fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let tag = rest.trim_start_matches([' ', '\t', ',']);
        let opened = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?;
        let (tag, after) = opened.split_once('"')?;
        rest = after;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::headers;

    #[test]
    fn a_version_is_one_strong_tag() {
        for (line, version) in [("\"1\"", 1), (" \"4294967295\" ", u32::MAX), ("\"7-4aB_-x\"", 7)] {
            let read = IfMatch::read(&headers("if-match", &[line])).unwrap();
            assert_eq!(read, IfMatch(version), "{line}");
            assert!(read.require(version).is_ok() && read.require(version - 1).is_err());
        }
    }

    #[test]
    fn what_is_not_one_strong_tag_of_ours_is_refused() {
        for lines in [
            &[""][..],
            &["*"],
            &["1"],
            &["W/\"1\""],
            &["\"1"],
            &["1\""],
            &["\""],
            &["\"\""],
            &["\"0\""],
            &["\"01\""],
            &["\"+1\""],
            &["\"-1\""],
            &["\" 1\""],
            &["\"4294967296\""],
            &["\"one\""],
            &["\"-x\""],
            &["\"１\""],
            &["\"1\", \"2\""],
            &["\"1\"", "\"2\""],
            &["\"1\"", "\"1\""],
        ] {
            let refused = IfMatch::read(&headers("if-match", lines)).unwrap_err();
            assert!(refused.detail().starts_with("Exactly one ETag"), "{lines:?}");
        }
        let missing = IfMatch::read(&HeaderMap::new()).unwrap_err();
        assert!(missing.detail().starts_with("An If-Match header"));
    }

    fn has(lines: &[&str]) -> bool {
        let etag = HeaderValue::from_static("\"7\"");
        Held::of(&Method::GET, &headers("if-none-match", lines)).has(&etag)
    }

    #[test]
    fn what_a_client_holds_is_found_in_any_list_of_strong_and_weak_tags() {
        for lines in [
            &["\"7\""][..],
            &["W/\"7\""],
            &["*"],
            &[" * "],
            &["\"6\", \"7\""],
            &["\"6\",W/\"7\""],
            &[", ,\"a,b\" ,\t\"7\""],
            &["\"6\"", "\"7\""],
            &["nonsense", "\"7\""],
        ] {
            assert!(has(lines), "{lines:?}");
        }
    }

    #[test]
    fn what_a_client_does_not_hold_is_not_found() {
        for lines in [
            &[][..],
            &[""],
            &["7"],
            &["\"7"],
            &["\"77\""],
            &["\"\\\"7\""],
            &["\"*\""],
            &["w/\"7\""],
            &["\"6, 7\""],
            &["\"6\", *"],
        ] {
            assert!(!has(lines), "{lines:?}");
        }
        let held = Held::of(&Method::PATCH, &headers("if-none-match", &["*"]));
        assert!(!held.has(&HeaderValue::from_static("\"7\"")));
    }

    #[test]
    fn two_bodies_of_one_version_have_two_tags() {
        let tag = |body: &[u8]| etag(1, body).unwrap();
        assert_eq!(tag(b"ann"), tag(b"ann"));
        assert_ne!(tag(b"ann"), tag(b"bob"));
        let read = IfMatch::read(&headers("if-match", &[tag(b"ann").to_str().unwrap()]));
        assert_eq!(read.unwrap(), IfMatch(1));
    }
}
