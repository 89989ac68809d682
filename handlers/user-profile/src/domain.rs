//! The rules of profiles: pure, nothing asynchronous.

mod profile;

pub(crate) use profile::{DisplayName, Language, Profile};
