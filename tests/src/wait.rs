//! Waiting for what takes a moment: events cross hubs, so their effects are polled for.

use std::time::{Duration, Instant};

use crate::Error;

/// How often a thing that is waited for is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Looks until `look` finds something.
///
/// # Errors
/// `TooLate` after `limit`; whatever `look` fails with, at once.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Error>,
) -> Result<T, Error> {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if began.elapsed() > limit {
            return Err(Error::TooLate { what: what.to_owned(), limit });
        }
        tokio::time::sleep(POLL).await;
    }
}
