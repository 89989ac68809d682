//! The rules of profiles: pure, nothing asynchronous.

mod handle;
mod handle_changes;
mod handle_lookups;
mod profile;
mod refusals;
mod reserved_handles;

pub(crate) use handle::Handle;
pub(crate) use handle_changes::{HandleChanges, HandleHolder};
pub(crate) use handle_lookups::{Count, HandleLookups};
pub(crate) use profile::{Profile, ProfileChange};
pub(crate) use refusals::NO_HANDLE;
pub use refusals::REFUSALS;
