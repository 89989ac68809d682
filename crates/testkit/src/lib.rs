//! For service tests: fresh databases on a real server, tokens that the real verifier accepts,
//! phones that sign, a storage account, a vault, races, who sees what, and calls as clients and the
//! Functions host make them. No product links it.
//!
//! Tests run under `make test`, or one crate's under `make test-one CRATE=payments`, which start
//! the stores and tell their addresses.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod call;
mod cosmos;
mod database;
mod device;
mod identity;
mod invocation;
mod log;
mod program;
mod race;
mod redis;
mod schemas;
mod sights;
mod storage;
mod token_issuer;
mod vault;

pub use call::{InProcess, call, deliver, deliver_text};
pub use cosmos::{cosmos_authorization, cosmos_credential, cosmos_url};
pub use database::{FreshDatabase, unreachable_hub};
pub use device::Device;
pub use identity::identity_secret;
pub use invocation::{event, invocation, money_moved};
pub use log::logged;
pub use program::Program;
pub use race::{Race, after, rounds};
pub use redis::{redis_account, redis_account_at, redis_address};
pub use schemas::Snapshot;
pub use sights::{Sights, assert_equally_long};
pub use storage::{BlobContainer, blob_endpoint, queue_endpoint, storage_credential};
pub use test_client::{Answer, Call};
pub use token_issuer::TokenIssuer;
pub use vault::{rotate_key, vault_credential, vault_url};
