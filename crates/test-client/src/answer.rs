//! An answer, and whether it is the one that should have come.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Something else came than was expected.
#[derive(Debug, thiserror::Error)]
#[error("{what}: expected {expected}, came {came}")]
pub struct Mismatch {
    /// What was looked at.
    pub what: String,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub came: String,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The method and path that were called.
    pub what: String,
    /// The HTTP status.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of a header; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// This answer, if it has that status.
    ///
    /// # Errors
    /// A mismatch that shows the body.
    pub fn check(&self, status: u16) -> Result<&Self, Mismatch> {
        if self.status == status { Ok(self) } else { Err(self.mismatch(status.to_string())) }
    }

    /// The body as a `T`, of an answer that must have this status.
    ///
    /// # Errors
    /// A mismatch that shows the body.
    pub fn parse<T: DeserializeOwned>(&self, status: u16) -> Result<T, Mismatch> {
        serde_json::from_slice(&self.check(status)?.body)
            .map_err(|error| self.mismatch(format!("the documented form ({error})")))
    }

    /// The body as JSON, of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        self.check(status).unwrap_or_else(|mismatch| panic!("{mismatch}")).json()
    }

    /// Asserts that this is a refusal with that status and code.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, code: &str) {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{}: {problem}", self.what);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.what);
        assert!(status != 429 || self.headers.contains_key("retry-after"), "{}", self.what);
    }

    fn mismatch(&self, expected: String) -> Mismatch {
        let came = format!("{} {}", self.status, self.text());
        Mismatch { what: self.what.clone(), expected, came }
    }
}
