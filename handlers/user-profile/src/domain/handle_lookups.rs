//! How many handles one person may try: too few to learn who is here.

use time::{Duration, OffsetDateTime};
use values::{LOOKUPS_THROTTLED, Refusal};

/// How often a person has looked somebody up by a handle or asked for one, which tells as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandleLookups {
    pub(crate) in_window: Count,
    pub(crate) in_day: Count,
}

/// A count, and when the first was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) count: u32,
    pub(crate) since: OffsetDateTime,
}

impl HandleLookups {
    pub(crate) const WINDOW: Duration = Duration::minutes(10);
    pub(crate) const DAY: Duration = Duration::days(1);
    /// As many as auth allows of phone numbers (`handlers/auth/src/throttle.rs`), beside those.
    const WINDOW_MAX: u32 = 20;
    const DAY_MAX: u32 = 100;

    /// Whether the last of them is still answered `now`.
    pub(crate) fn require_few(self, now: OffsetDateTime) -> Result<(), Refusal> {
        for (counted, max, length) in [
            (self.in_window, Self::WINDOW_MAX, Self::WINDOW),
            (self.in_day, Self::DAY_MAX, Self::DAY),
        ] {
            let over_at = counted.since.saturating_add(length).unix_timestamp();
            let seconds = over_at.saturating_sub(now.unix_timestamp()).max(1);
            if counted.count > max {
                return Err(LOOKUPS_THROTTLED.for_seconds(seconds.unsigned_abs()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn twenty_in_ten_minutes_and_a_hundred_in_a_day_are_answered() {
        let now = datetime!(2026-11-29 08:00 UTC);
        let waits = |in_window, in_day| {
            let since = now - Duration::minutes(4);
            let counted = |count| Count { count, since };
            let lookups = HandleLookups { in_window: counted(in_window), in_day: counted(in_day) };
            lookups.require_few(now).err().and_then(|refused| refused.retry_after_seconds())
        };
        assert_eq!(waits(20, 100), None);
        assert_eq!(waits(21, 21), Some(6 * 60));
        assert_eq!(waits(1, 101), Some(24 * 3600 - 4 * 60));
    }
}
