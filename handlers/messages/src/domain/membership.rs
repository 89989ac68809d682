//! What a conversation is to one of those in it.

use std::ops::RangeInclusive;

use events::messages::ConversationReadV1;
use time::OffsetDateTime;
use values::{ConversationId, GroupId, Refusal, SupportCaseId, Timestamp, UserId};

use super::Pace;
use super::refusals::{GROUP_LEFT, SUPPORT_CASE_CLOSED};

/// As many of those who have left a group are remembered, and read what they could: else one that
/// is made up anew again and again would grow without end, and so would each answer that names all.
pub(crate) const FORMER_MAX: u32 = 200;

/// As many messages are looked at to count anew what is unread. Farther from both ends the number
/// is the most that it can be, until the reader comes nearer.
pub(crate) const COUNTED_MAX: u32 = 1_000;

/// What is left unread by whoever has read on, but not to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The messages with these numbers.
    Of(RangeInclusive<u32>),
    /// What was unread before, without these.
    Without(RangeInclusive<u32>),
    /// So many at most.
    AtMost(u32),
}

/// Of which case with support a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CasePlace {
    pub(crate) id: SupportCaseId,
    pub(crate) is_closed: bool,
}

/// A conversation, as one of those in it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) conversation_id: ConversationId,
    pub(crate) user_id: UserId,
    /// None unless it is a group's.
    pub(crate) group_id: Option<GroupId>,
    /// The case, if it is one with support.
    pub(crate) support_case: Option<CasePlace>,
    /// What the group's members call it.
    pub(crate) title: Option<String>,
    pub(crate) created_at: OffsetDateTime,
    /// They read what has a larger number.
    pub(crate) joined_after: u32,
    /// Of a group that they have left: they read nothing of a larger number.
    pub(crate) left_after: Option<u32>,
    /// The number of the newest message that they may read; zero if there is none.
    pub(crate) last_number: u32,
    /// They have read up to here.
    pub(crate) read_number: u32,
    pub(crate) unread: u32,
    pub(crate) is_muted: bool,
    pub(crate) pace: Option<Pace>,
}

impl Membership {
    /// Refuses those who have left, and whoever has nothing to say to support any more.
    pub(crate) const fn require_in(&self) -> Result<(), Refusal> {
        match (self.left_after, self.support_case) {
            (Some(_), _) => Err(GROUP_LEFT),
            (None, Some(CasePlace { is_closed: true, .. })) => Err(SUPPORT_CASE_CLOSED),
            (None, _) => Ok(()),
        }
    }

    /// What is unread once they have read up to here, which is farther than before.
    pub(crate) fn rest_after(&self, number: u32) -> Rest {
        let left = self.last_number.saturating_sub(number);
        if left <= COUNTED_MAX {
            return Rest::Of(number.saturating_add(1)..=self.last_number);
        }
        if number.saturating_sub(self.read_number) <= COUNTED_MAX {
            return Rest::Without(self.read_number.saturating_add(1)..=number);
        }
        Rest::AtMost(self.unread.min(left))
    }

    /// They have nothing unread any more.
    pub(crate) fn read_event(&self, at: OffsetDateTime) -> ConversationReadV1 {
        read_event(self.conversation_id, self.user_id, self.last_number, at)
    }
}

/// Somebody has nothing unread any more, up to this number.
pub(crate) fn read_event(
    id: ConversationId,
    user_id: UserId,
    number: u32,
    at: OffsetDateTime,
) -> ConversationReadV1 {
    ConversationReadV1 {
        conversation_id: id.to_string(),
        user_id: user_id.to_string(),
        number,
        read_at: Timestamp::from(at).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_unread_is_counted_from_the_nearer_end_and_never_farther_than_a_thousand() {
        let of = Membership {
            conversation_id: ConversationId::new(),
            user_id: UserId::new(),
            group_id: None,
            support_case: None,
            title: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            joined_after: 0,
            left_after: None,
            last_number: 5_000,
            read_number: 1_000,
            unread: 3_500,
            is_muted: false,
            pace: None,
        };
        for (number, rest) in [
            (4_999, Rest::Of(5_000..=5_000)),
            (4_000, Rest::Of(4_001..=5_000)),
            (3_999, Rest::AtMost(1_001)),
            (2_001, Rest::AtMost(2_999)),
            (2_000, Rest::Without(1_001..=2_000)),
        ] {
            assert_eq!(of.rest_after(number), rest);
        }
        let few = Membership { unread: 7, ..of };
        assert_eq!(few.rest_after(2_001), Rest::AtMost(7));
    }
}
