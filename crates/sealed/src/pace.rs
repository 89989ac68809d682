//! How fast work that can wait calls Key Vault.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// A vault does 500 operations in ten seconds with keys of 3,072 bits in hardware, for all of its
/// callers together (<https://learn.microsoft.com/azure/key-vault/general/service-limits>), and
/// refuses the others. A fifth of that is for work that can wait; people wait for the rest.
const CALLS_PER_SECOND: u64 = 10;
const BETWEEN_CALLS: Duration = Duration::from_millis(1_000 / CALLS_PER_SECOND);

/// The turns of one timer's run, which calls one vault in no other way.
pub struct Pace(Interval);

impl Pace {
    /// The first turn comes at once.
    #[must_use]
    pub fn new() -> Self {
        let mut turns = interval(BETWEEN_CALLS);
        // What was slow is not made good by a burst.
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(turns)
    }

    /// Waits until one more call is due.
    pub async fn turn(&mut self) {
        self.0.tick().await;
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn ten_calls_are_due_a_second_and_none_is_made_good_after_a_slow_one() {
        let mut pace = Pace::new();
        pace.turn().await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        let start = Instant::now();
        for _ in 0..6 {
            pace.turn().await;
        }
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(490), "{took:?}");
    }
}
