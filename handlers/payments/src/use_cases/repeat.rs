//! Doing a transaction again that a lock conflict has undone.

use service::database;

use crate::error::Error;

/// How often at most; each time waits five seconds for a lock.
const ATTEMPTS_MAX: u32 = 4;

/// What `transaction` gives, the last time that it is done.
pub(super) async fn repeat_on_lock_conflict<T, F>(
    mut transaction: impl FnMut() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut attempt: u32 = 1;
    loop {
        match transaction().await {
            Err(Error::Database(error))
                if attempt < ATTEMPTS_MAX && database::is_lock_conflict(&error) =>
            {
                attempt = attempt.saturating_add(1);
            }
            outcome => return outcome,
        }
    }
}
