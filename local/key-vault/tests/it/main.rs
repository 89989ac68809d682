//! The vault as a process, called by Azure's own clients.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod keys;
mod python;
mod running;
mod sealing;
mod secrets;
mod tokens;
