//! How fast one person may write in one conversation.

use time::{Duration, OffsetDateTime};
use values::Refusal;

use super::refusals::MESSAGES_THROTTLED;

/// Messages that one person may send in one conversation in a [`WINDOW`].
pub(crate) const SENT_MAX: u32 = 60;
const WINDOW: Duration = Duration::MINUTE;

/// What somebody has sent in a conversation lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) began_at: OffsetDateTime,
    pub(crate) sent: u32,
}

impl Pace {
    /// The pace with one message more.
    pub(crate) fn with_another(before: Option<Self>, now: OffsetDateTime) -> Result<Self, Refusal> {
        let Some(before) = before.filter(|pace| now < pace.began_at.saturating_add(WINDOW)) else {
            return Ok(Self { began_at: now, sent: 1 });
        };
        if before.sent >= SENT_MAX {
            let ends_at = before.began_at.saturating_add(WINDOW).unix_timestamp();
            let seconds = ends_at.abs_diff(now.unix_timestamp());
            return Err(MESSAGES_THROTTLED.for_seconds(seconds.saturating_add(1)));
        }
        Ok(Self { sent: before.sent.saturating_add(1), ..before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_messages_a_minute_and_then_a_wait_that_is_said() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut pace = None;
        for _ in 0..SENT_MAX {
            pace = Some(Pace::with_another(pace, now).unwrap());
        }
        let refused = Pace::with_another(pace, now + Duration::seconds(50)).unwrap_err();
        assert_eq!(refused, MESSAGES_THROTTLED.for_seconds(11));
        let later = now + WINDOW;
        assert_eq!(Pace::with_another(pace, later), Ok(Pace { began_at: later, sent: 1 }));
    }
}
