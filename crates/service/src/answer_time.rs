//! How long a request may take to be answered.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    static LIMIT: Cell<Duration>;
}

/// Lets the request that the running task serves take longer than others. The host ends every
/// invocation after host.json's `functionTimeout`, so stay below that.
pub fn allow_answer_time(limit: Duration) {
    // Outside of a request nobody waits.
    let _ = LIMIT.try_with(|longest| longest.set(longest.get().max(limit)));
}

/// The output of `work`; `None` if it takes longer than `limit` and than it has allowed itself.
pub(crate) async fn within<F: Future>(limit: Duration, work: F) -> Option<F::Output> {
    let answer = async {
        let start = Instant::now();
        let mut work = pin!(work);
        loop {
            let limit = LIMIT.with(Cell::get);
            let end = start.checked_add(limit)?;
            match timeout_at(end, &mut work).await {
                Ok(output) => return Some(output),
                Err(_elapsed) if LIMIT.with(Cell::get) > limit => {}
                Err(_elapsed) => return None,
            }
        }
    };
    LIMIT.scope(Cell::new(limit), answer).await
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);
    const LONGER: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn work_is_given_up_at_its_limit_unless_it_has_allowed_itself_more() {
        assert_eq!(within(SHORT, sleep(LONG)).await, None);
        let allowed = async |limit, time| {
            allow_answer_time(limit);
            sleep(time).await;
        };
        assert_eq!(within(SHORT, allowed(LONG, LONGER)).await, Some(()));
        assert_eq!(within(SHORT, allowed(LONGER, LONG)).await, None);
    }

    #[tokio::test]
    async fn nobody_makes_the_limit_shorter() {
        let work = async {
            allow_answer_time(Duration::ZERO);
            sleep(SHORT).await;
        };
        assert_eq!(within(LONG, work).await, Some(()));
    }
}
