//! The rules: pure, nothing asynchronous.

mod hour;
mod period;
mod refusals;
mod takings;

pub(crate) use hour::Hour;
pub(crate) use period::{Period, week_before};
pub(crate) use refusals::BOOKS_BEHIND;
pub use refusals::REFUSALS;
pub(crate) use takings::{Counted, Takings, counted};
