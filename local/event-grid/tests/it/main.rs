//! The program against Azurite, which `up exec-with-stores` starts, with kills.
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod watched;
mod watching;
