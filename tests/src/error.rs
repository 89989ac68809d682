//! Why a step of a journey did not go as it should, told so that a person can act on it.

use std::fmt::Debug;
use std::time::Duration;

use test_client::Mismatch;

/// A step went wrong. `Display` is one line that says what was expected and what came.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There was no complete HTTP answer.
    #[error("{what}: expected an answer, came: {source:?}")]
    NoAnswer {
        /// Method and path.
        what: String,
        /// What the HTTP client met.
        source: reqwest::Error,
    },
    /// Something else came than was expected.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// Something that takes a moment took too long.
    #[error("{what}: expected within {} s, did not come", limit.as_secs())]
    TooLate {
        /// What was waited for.
        what: String,
        /// How long.
        limit: Duration,
    },
    /// The platform could not be started or its files not be read.
    #[error("the platform: {0}")]
    Platform(String),
}

/// Compares what came with what was expected.
///
/// # Errors
/// `Mismatch` with both.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, came: &T, expected: &T) -> Result<(), Error> {
    if came == expected {
        return Ok(());
    }
    let (expected, came) = (format!("{expected:?}"), format!("{came:?}"));
    Err(Mismatch { what: what.to_owned(), expected, came }.into())
}
