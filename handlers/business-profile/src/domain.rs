//! The rules of businesses: pure, nothing asynchronous.

mod business;
mod category_code;
mod fps_id;

pub(crate) use business::{BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails};
pub(crate) use category_code::CategoryCode;
pub(crate) use fps_id::FpsId;
