//! What this service does, one file each.

mod change_business;
mod close_business;
mod create_business;
mod list_businesses;
mod read_business;

pub(crate) use change_business::change_business;
pub(crate) use close_business::close_business;
pub(crate) use create_business::create_business;
pub(crate) use list_businesses::list_businesses;
pub(crate) use read_business::read_business;
