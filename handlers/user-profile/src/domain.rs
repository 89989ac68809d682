//! The rules of profiles: pure, nothing asynchronous.

mod profile;
mod refusals;

pub(crate) use profile::Profile;
pub(crate) use refusals::NOT_YET_KNOWN;
pub use refusals::REFUSALS;
