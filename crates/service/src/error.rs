//! Why a use case did not succeed. All services fail in the same ways; their refusals are constants
//! of their domains.

use std::error::Error as StdError;

use values::Refusal;

use crate::{Problem, causes, database};

/// A refusal or failure on its way to the edge, where it becomes a [`Problem`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// MySQL failed: 503 where a repeat may help, otherwise 500.
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
    /// Redis failed: 503.
    #[error("Redis failed")]
    Redis(#[from] redis::RedisError),
    /// Something else that a request needs is away: 503 with this sentence.
    #[error("{0}")]
    Unavailable(&'static str),
    /// Something that should not happen, or that no client can mend: an opaque 500.
    #[error("internal error")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
    /// A problem that is decided already.
    #[error("decided at the edge")]
    Decided(Problem),
}

impl Error {
    /// Something that should not happen, or that no client can mend.
    pub fn internal(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Whether the same transaction may succeed if it is tried again.
    pub fn is_lock_conflict(&self) -> bool {
        matches!(self, Self::Database(error) if database::is_lock_conflict(error))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Decided(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::Refused(refusal) => Self::from(refusal.clone()),
            Error::Database(error) => Self::database(error),
            Error::Redis(_) => {
                tracing::error!(causes = causes(&error), "Redis is away");
                Self::try_again("The service cannot decide at the moment.")
            }
            Error::Unavailable(detail) => Self::try_again(detail),
            Error::Internal(_) => Self::internal(&error),
            Error::Decided(problem) => problem.clone(),
        }
    }
}
