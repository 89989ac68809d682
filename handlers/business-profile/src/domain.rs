//! The rules of businesses: pure, nothing asynchronous.

mod business;
mod refusals;

pub(crate) use business::{BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails};
pub use refusals::REFUSALS;
pub(crate) use refusals::TOO_MANY_BUSINESSES;
