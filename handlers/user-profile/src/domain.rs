//! The rules of profiles: pure, nothing asynchronous.

mod profile;
mod refusals;

pub(crate) use profile::Profile;
pub use refusals::REFUSALS;
