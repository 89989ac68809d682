//! A person, as others are shown them.

use values::{Party, UserId};

use super::masked_name::masked;

/// Who it is, and what they were called when it happened; empty if they had not chosen a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) name: String,
}

impl Person {
    /// As those see them who have paid them, or were paid by them.
    pub(crate) fn named(&self) -> Party {
        Party::user(self.id, self.name.clone())
    }

    /// As anybody else does.
    pub(crate) fn masked(&self) -> Party {
        Party::user(self.id, masked(&self.name))
    }
}
