//! What others are told of a decision.

use events::Event;
use serde_json::Value;

/// An event to be published once the decision is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announcement {
    /// What it is about: events of one subject stay in order.
    pub(crate) subject: String,
    pub(crate) kind: &'static str,
    pub(crate) data: Value,
}

impl Announcement {
    pub(crate) fn new<E: Event>(subject: impl ToString, event: &E) -> Self {
        // Structs of strings and numbers; this cannot fail.
        let data = serde_json::to_value(event).unwrap_or_default();
        Self { subject: subject.to_string(), kind: E::TYPE, data }
    }
}
