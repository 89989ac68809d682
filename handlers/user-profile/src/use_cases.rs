//! What this service does, one file each.

mod announce_picture;
mod begin_profile;
mod change_profile;
mod count_handle_lookup;
mod look_up_handle;
mod read_picture;
mod read_profile;

pub(crate) use announce_picture::announce_picture;
pub(crate) use begin_profile::begin_profile;
pub(crate) use change_profile::change_profile;
pub(crate) use look_up_handle::look_up_handle;
pub(crate) use read_picture::read_picture;
pub(crate) use read_profile::read_profile;
