//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blocks;
mod feeds;
mod fixture;
mod friends;
mod groups;
mod lists;
mod privacy;
mod races;
mod remarks;
mod reports;
mod strangers;
mod talk;
mod who_sees_what;
