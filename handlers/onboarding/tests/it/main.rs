//! The service on a real database, storage account and key vault, called as the Functions host
//! calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod applications;
mod businesses;
mod due;
mod fixture;
mod newer_codes;
mod races;
mod readings;
mod retention;
mod reviews;
mod rotation;
mod screening;
mod trail;
mod uploads;
