//! Whoever just created something asks for its code before the event has arrived here.

use std::time::{Duration, Instant};

use crate::error::Error;

/// How long an event is waited for.
const EVENT_WAIT_MAX: Duration = Duration::from_secs(3);
/// How long between two looks at the tables.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// What `find` finds, as soon as it does; `None` if the event does not arrive in time.
pub(super) async fn wait_for_event<T, F>(find: impl Fn() -> F) -> Result<Option<T>, Error>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let start = Instant::now();
    loop {
        let found = find().await?;
        if found.is_some() || start.elapsed() >= EVENT_WAIT_MAX {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}
