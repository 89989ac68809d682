//! A person wants nothing to do with another, who never learns it.

use events::social::BlockChangedV1;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{Timestamp, UserId};

/// A block that stands or was lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) blocker_id: UserId,
    pub(crate) blocked_id: UserId,
    pub(crate) is_blocked: bool,
    /// Counts the changes.
    pub(crate) version: u32,
    /// The place in the list; ids made later sort later.
    pub(crate) place: Uuid,
    pub(crate) changed_at: OffsetDateTime,
}

impl Block {
    /// None so far.
    pub(crate) fn none(blocker_id: UserId, blocked_id: UserId, now: OffsetDateTime) -> Self {
        let (place, changed_at) = (Uuid::nil(), now);
        Self { blocker_id, blocked_id, is_blocked: false, version: 0, place, changed_at }
    }

    /// Whether that changes anything.
    pub(crate) fn set(&mut self, is_blocked: bool, now: OffsetDateTime) -> bool {
        if self.is_blocked == is_blocked {
            return false;
        }
        (self.is_blocked, self.version) = (is_blocked, self.version.saturating_add(1));
        (self.place, self.changed_at) = (Uuid::now_v7(), now);
        true
    }

    pub(crate) fn changed_event(&self) -> BlockChangedV1 {
        BlockChangedV1 {
            blocker_id: self.blocker_id.to_string(),
            blocked_id: self.blocked_id.to_string(),
            version: self.version,
            is_blocked: self.is_blocked,
            changed_at: Timestamp::from(self.changed_at).to_string(),
        }
    }
}
