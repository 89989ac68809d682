//! Whoever just created something may ask for its code before the event arrives here.

use std::time::{Duration, Instant};

use service::Error;
use service::database::now;
use uuid::Uuid;
use values::is_new;

/// How long to wait for an event.
const EVENT_WAIT_MAX: Duration = Duration::from_secs(3);
/// How long between two looks at the tables.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// What `find` finds, as soon as it finds something; `None` if the event does not come in time.
/// Nobody waits for what has an old `id`.
pub(super) async fn wait_for_event<T, F>(id: Uuid, find: impl Fn() -> F) -> Result<Option<T>, Error>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let start = Instant::now();
    loop {
        let found = find().await?;
        if found.is_some() || start.elapsed() >= EVENT_WAIT_MAX || !is_new(id, now()) {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}
