//! The service on a real database, called as the Functions host calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bounds;
mod cards;
mod changes;
mod consume_payments;
mod consume_social;
mod conversations;
mod delivered;
mod fixture;
mod groups;
mod pictures;
mod privacy;
mod races;
mod rate;
mod reported_pictures;
mod reports;
mod sending;
mod support;
mod telling;
mod typing;
mod who_sees_what;
