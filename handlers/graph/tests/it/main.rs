//! The service on a real database and a Cosmos account, called as the Functions host calls it.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod assess_accounts;
mod contract;
mod export;
mod fixture;
mod forgetting;
mod looks;
mod paths;
mod rate;
mod same_graph;
mod tinkerpop;
mod town;
mod verification;
