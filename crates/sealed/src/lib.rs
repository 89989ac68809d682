//! Personal data at rest: a column is sealed under a data key of its own, and that key under one
//! that never leaves Key Vault (envelope encryption).
//!
//! Who has the database, or a copy of it, has nothing to read. [`SealingKey`] seals and opens,
//! [`BlindIndex`] finds a row again by what is sealed in it. Reading order: `sealed` (the bytes),
//! `data_key`, `data_keys` (those unwrapped of late), `vault`, `sealing_key`, `pace`,
//! `rewrap_columns` (after a rotation), `store`. What it costs, and how a column that stands in the
//! clear gets here: `README.md`.

mod blind_index;
mod data_key;
mod data_keys;
mod pace;
mod rewrap_columns;
mod sealed;
mod sealing_key;
mod store;
mod vault;

pub use blind_index::{BLIND_INDEX_BYTES, BlindIndex};
pub use pace::Pace;
pub use sealed::Sealed;
pub use sealing_key::SealingKey;
pub use store::SealedColumn;

/// Why something was not sealed or not opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Key Vault gave no answer in time or refused us. Nothing is known about the data; another
    /// try may succeed.
    #[error("key vault did not do it")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The bytes are not what was sealed in this context: changed, cut, or moved from another row.
    #[error("the sealed bytes were changed or belong to another context")]
    Damaged,
    /// The data key was not wrapped by this key of this vault, or was changed.
    #[error("the data key was not wrapped by this key")]
    Foreign,
    /// A setting cannot be used.
    #[error("{0}")]
    Misconfigured(&'static str),
}

impl SealError {
    fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// As a service answers it: what Key Vault did not do may be tried again, all else is our fault.
impl From<SealError> for service::Error {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Unavailable(_) => {
                tracing::error!(causes = service::causes(&error), "Key Vault is away");
                Self::Unavailable("Nothing can be sealed or opened at the moment; try again.")
            }
            SealError::Damaged | SealError::Foreign | SealError::Misconfigured(_) => {
                Self::internal(error)
            }
        }
    }
}
