//! The rules of profiles: pure, nothing asynchronous.

mod profile;

pub(crate) use profile::{NOT_YET_KNOWN, Profile};
