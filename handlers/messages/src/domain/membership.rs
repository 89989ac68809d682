//! What a conversation is to one of those in it.

use events::messages::ConversationReadV1;
use time::OffsetDateTime;
use values::{ConversationId, GroupId, Refusal, Timestamp, UserId};

use super::Pace;
use super::refusals::GROUP_LEFT;

/// A conversation, as one of those in it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) conversation_id: ConversationId,
    pub(crate) user_id: UserId,
    /// None if it is one of two people.
    pub(crate) group_id: Option<GroupId>,
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
    /// Refuses those who have left.
    pub(crate) const fn require_in(&self) -> Result<(), Refusal> {
        if self.left_after.is_some() { Err(GROUP_LEFT) } else { Ok(()) }
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
