//! Trying a transaction again that a lock conflict undid.

use crate::error::Error;

/// How often it is tried; each try waits five seconds for a lock.
const ATTEMPTS_MAX: u32 = 4;

/// The outcome of `transaction`, which is tried again after a lock conflict.
pub async fn retry_lock_conflicts<T, Fut>(mut transaction: impl FnMut() -> Fut) -> Result<T, Error>
where
    Fut: Future<Output = Result<T, Error>>,
{
    let mut attempt: u32 = 1;
    loop {
        match transaction().await {
            Err(error) if attempt < ATTEMPTS_MAX && error.is_lock_conflict() => {
                attempt = attempt.saturating_add(1);
            }
            outcome => return outcome,
        }
    }
}
