//! How many friends a person may have and ask for: nobody is flooded, and no list is without end.

use time::{Duration, OffsetDateTime};
use values::Refusal;

use super::refusals::{BLOCKS_USED_UP, FRIENDS_USED_UP, REQUESTS_THROTTLED, REQUESTS_USED_UP};

/// Friends of one person.
pub(crate) const FRIENDS_MAX: u32 = 2_000;
/// Requests of one person that are open at once: those that were declined count, since whoever sent
/// them sees them as open.
pub(crate) const OPEN_MAX: u32 = 100;
/// People that one person asks in a day, the same one again included.
pub(crate) const ASKED_IN_DAY_MAX: u32 = 50;
/// A day of those who ask.
pub(crate) const DAY: Duration = Duration::days(1);
/// People whom one person blocks.
pub(crate) const BLOCKED_MAX: u32 = 1_000;

/// How often a person has asked somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) count: u32,
    /// When the first of them was.
    pub(crate) since: OffsetDateTime,
}

impl Asked {
    /// One more, or why there are too many.
    pub(crate) fn one_more(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        let over_at = self.since.saturating_add(DAY);
        if now >= over_at {
            return Ok(Self { count: 1, since: now });
        }
        if self.count >= ASKED_IN_DAY_MAX {
            let seconds = over_at.unix_timestamp().saturating_sub(now.unix_timestamp()).max(1);
            return Err(REQUESTS_THROTTLED.for_seconds(seconds.unsigned_abs()));
        }
        Ok(Self { count: self.count.saturating_add(1), ..self })
    }
}

/// Whether somebody with so many open requests may have another.
pub(crate) fn require_room_for_request(open: u32) -> Result<(), Refusal> {
    if open < OPEN_MAX { Ok(()) } else { Err(REQUESTS_USED_UP) }
}

/// Whether two with so many friends may be friends.
pub(crate) fn require_room_for_friend(friends: [u32; 2]) -> Result<(), Refusal> {
    let have_room = friends.iter().all(|count| *count < FRIENDS_MAX);
    if have_room { Ok(()) } else { Err(FRIENDS_USED_UP) }
}

/// Whether somebody who blocks so many may block another.
pub(crate) fn require_room_for_block(blocked: u32) -> Result<(), Refusal> {
    if blocked < BLOCKED_MAX { Ok(()) } else { Err(BLOCKS_USED_UP) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn fifty_people_are_asked_in_a_day_and_the_next_when_it_is_over() {
        let since = datetime!(2026-11-29 08:00 UTC);
        let mut asked = Asked { count: 0, since };
        for _ in 0..50 {
            asked = asked.one_more(since + Duration::hours(1)).unwrap();
        }
        let refused = asked.one_more(since + Duration::hours(1)).unwrap_err();
        assert_eq!(refused.retry_after_seconds(), Some(23 * 3600));
        let next = asked.one_more(since + DAY).unwrap();
        assert_eq!(next, Asked { count: 1, since: since + DAY });
    }
}
