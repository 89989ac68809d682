//! The rules: pure, nothing asynchronous.

mod refusals;

pub use refusals::REFUSALS;
