//! The rules of businesses: pure, nothing asynchronous.

mod business;

pub(crate) use business::{
    BUSINESSES_PER_OWNER_MAX, Business, BusinessDetails, NO_BUSINESS, TOO_MANY_BUSINESSES,
};
