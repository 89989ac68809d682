//! What a person does within a day: nobody floods others, and no table grows as fast as a script
//! asks for it.

use time::{Duration, OffsetDateTime};
use values::Refusal;

use super::refusals::{BLOCKS_THROTTLED, GROUPS_THROTTLED, MEMBERS_THROTTLED, REQUESTS_THROTTLED};

/// A day begins with the first act that is counted, and is one for all kinds of them.
const DAY: Duration = Duration::days(1);
/// People that one person asks in a day, the same one again included.
const ASKED_MAX: u32 = 50;
/// People that one person blocks in a day, the same one again included.
const BLOCKED_MAX: u32 = 100;
/// Groups that one person makes in a day, those that have ended since included.
const GROUPS_MADE_MAX: u32 = 10;
/// People that one person adds to groups in a day, as they make them or later, the same one again
/// included.
const MEMBERS_ADDED_MAX: u32 = 100;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Asking somebody to be a friend.
    Ask,
    /// Blocking somebody.
    Block,
    /// Making a group.
    MakeGroup,
    /// Adding so many people to a group.
    AddMembers(usize),
}

/// How often a person has done each since their day began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayCounts {
    pub(crate) asked: u32,
    pub(crate) blocked: u32,
    pub(crate) groups_made: u32,
    pub(crate) members_added: u32,
    pub(crate) since: OffsetDateTime,
}

impl DayCounts {
    /// Nothing yet in a day that begins now.
    pub(crate) const fn none(now: OffsetDateTime) -> Self {
        Self { asked: 0, blocked: 0, groups_made: 0, members_added: 0, since: now }
    }

    /// With this too, or why that is too much.
    pub(crate) fn with(self, act: Act, now: OffsetDateTime) -> Result<Self, Refusal> {
        let over_at = self.since.saturating_add(DAY);
        let mut day = if now >= over_at { Self::none(now) } else { self };
        let (count, more, max, refusal) = match act {
            Act::Ask => (&mut day.asked, 1, ASKED_MAX, REQUESTS_THROTTLED),
            Act::Block => (&mut day.blocked, 1, BLOCKED_MAX, BLOCKS_THROTTLED),
            Act::MakeGroup => (&mut day.groups_made, 1, GROUPS_MADE_MAX, GROUPS_THROTTLED),
            Act::AddMembers(people) => {
                let people = u32::try_from(people).unwrap_or(u32::MAX);
                (&mut day.members_added, people, MEMBERS_ADDED_MAX, MEMBERS_THROTTLED)
            }
        };
        *count = count.saturating_add(more);
        if *count > max {
            let seconds = over_at.unix_timestamp().saturating_sub(now.unix_timestamp()).max(1);
            return Err(refusal.for_seconds(seconds.unsigned_abs()));
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn each_act_has_its_own_count_and_all_begin_anew_when_the_day_is_over() {
        let since = datetime!(2026-11-29 08:00 UTC);
        let (mut day, later) = (DayCounts::none(since), since + Duration::hours(1));
        for (act, max) in [
            (Act::Ask, ASKED_MAX),
            (Act::Block, BLOCKED_MAX),
            (Act::MakeGroup, GROUPS_MADE_MAX),
            (Act::AddMembers(20), MEMBERS_ADDED_MAX / 20),
        ] {
            for _ in 0..max {
                day = day.with(act, later).unwrap();
            }
            let refused = day.with(act, later).unwrap_err();
            assert_eq!(refused.retry_after_seconds(), Some(23 * 3600));
        }
        let next = day.with(Act::Ask, since + DAY).unwrap();
        assert_eq!(next, DayCounts { asked: 1, ..DayCounts::none(since + DAY) });
    }
}
