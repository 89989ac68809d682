//! The emulator as its users see it: the built binary, spoken to by the official SDKs of Rust and
//! Python.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod capture;
mod client;
mod durability;
mod emulator;
mod events;
mod faults;
mod go_sdk;
mod javascript_sdk;
mod measure;
mod python_sdk;
mod refusals;
