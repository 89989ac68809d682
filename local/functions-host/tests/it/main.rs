//! The host as a process, with real handlers, a real event hub and real kills.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod answers;
mod blob;
mod broker;
mod cosmos;
mod event_grid;
mod event_hub;
mod foreign_handlers;
mod forwarding;
mod handler_process;
mod http;
mod identity;
mod key_vault;
mod outputs;
mod platform;
mod queue;
mod request_rules;
mod start;
mod storage;
mod timer;
