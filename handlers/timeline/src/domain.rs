//! The rules: pure, nothing asynchronous.

mod entry;
mod movement;
mod refusals;
mod seen_entry;

pub(crate) use entry::Entry;
pub(crate) use movement::entries_of;
pub(crate) use refusals::NO_TIMELINE;
pub use refusals::REFUSALS;
pub(crate) use seen_entry::{StoredEntry, TimelineEntry};
