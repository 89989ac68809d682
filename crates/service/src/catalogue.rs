//! What the catalogue of refusals tells of each, to developers of clients.

use serde::Serialize;
use values::{CustomerMessage, Refusal};

use crate::problem::status;

/// One code: when it is answered, and what to do about it.
#[derive(Debug, Serialize)]
pub struct CatalogueEntry {
    /// Stable, never reused: what a client decides by.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whether the same request may succeed later, unchanged.
    pub retryable: bool,
    /// What was wrong. An answer may say it more precisely.
    pub detail: String,
    /// What the developer of a client should do.
    pub action: &'static str,
    /// What the customer reads.
    pub message: &'static CustomerMessage,
}

impl From<&Refusal> for CatalogueEntry {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code(),
            status: status(refusal.class()).as_u16(),
            retryable: refusal.class().is_retryable(),
            detail: refusal.detail().to_owned(),
            action: refusal.action(),
            message: refusal.message(),
        }
    }
}
