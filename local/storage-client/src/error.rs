//! What can go wrong between here and the account.

use reqwest::StatusCode;

/// Why a call of the account failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The identity gave no token.
    #[error("no token: {0}")]
    Credential(#[from] azure_core::Error),
    /// The account cannot be reached, or does not answer in time.
    #[error("the account does not answer: {0}")]
    Transport(#[from] reqwest::Error),
    /// The account refused; `code` is its `x-ms-error-code`.
    #[error("the account answered {status} {code}")]
    Refused {
        /// The answer's status.
        status: StatusCode,
        /// What the service calls it, e.g. `QueueNotFound`.
        code: String,
    },
    /// A blob is longer than its reader takes.
    #[error("the blob is longer than {bytes_max} bytes")]
    TooLong {
        /// What its reader takes.
        bytes_max: usize,
    },
    /// The answer is not the documented one.
    #[error("the answer is not understood: {0}")]
    Malformed(String),
}

impl StorageError {
    /// Whether the account refused with one of these codes.
    #[must_use]
    pub fn is_refusal(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Refused { code, .. } if codes.contains(&code.as_str()))
    }
}
