//! A person, as others are shown them.

use events::payments::PersonV1;
use values::{Party, UserId, masked};

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

    /// As events say them. Always masked: who is told of it has not been paid yet, or is told by
    /// name of the payment.
    pub(super) fn told(&self) -> PersonV1 {
        PersonV1 { user_id: self.id.to_string(), name: masked(&self.name) }
    }
}
