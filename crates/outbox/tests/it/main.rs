//! Exactly once, on a real database and against the platform's broker: what a service commits
//! arrives at its hub, and what a hub delivers takes effect once.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod append;
mod broker;
mod consume;
mod own_process;
mod rate;
mod relay;
mod traces;

use events::{Envelope, Event};
use serde::{Deserialize, Serialize};
use testkit::FreshDatabase;

mod embedded {
    // Any service's schema has the three tables.
    refinery::embed_migrations!("../../handlers/user-profile/migrations");
}

/// What happened to a subject, counted from 0.
#[derive(Serialize, Deserialize)]
struct CountedV1 {
    position: u32,
}

impl Event for CountedV1 {
    const TYPE: &'static str = "payme.test.counted.v1";
}

async fn fresh_database() -> FreshDatabase {
    FreshDatabase::new(embedded::migrations::runner()).await
}

fn position(event: &Envelope) -> u32 {
    event.decode::<CountedV1>().unwrap().unwrap().position
}
