//! The rules of profiles: pure, nothing asynchronous.

mod profile;

pub(crate) use profile::{NO_PROFILE, Profile};
