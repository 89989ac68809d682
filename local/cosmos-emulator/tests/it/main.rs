//! The account as a process, called by Azure's own clients.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod change_feed;
mod deployment;
mod documents;
mod kept;
mod measure;
mod page;
mod python;
mod queries;
mod running;
mod tokens;
