//! What this service does, one file each.

mod begin_profile;
mod read_profile;
mod replace_profile;

pub(crate) use begin_profile::begin_profile;
pub(crate) use read_profile::read_profile;
pub(crate) use replace_profile::replace_profile;
