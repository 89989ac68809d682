//! What this service does, one file each.

mod create_business;
mod list_businesses;
mod read_business;
mod replace_business;

pub(crate) use create_business::{CreateBusiness, create_business};
pub(crate) use list_businesses::{BusinessesBody, list_businesses};
pub(crate) use read_business::{BusinessBody, read_business};
pub(crate) use replace_business::{ReplaceBusiness, replace_business};
