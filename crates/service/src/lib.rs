//! What surrounds a handler: everything between the Functions host and a service's own code.
//! Knows no business word.
//!
//! Reading order: `serve` (the process), `edge` (HTTP), `api` (routes and their document),
//! `header`, `etag`, `body` and `client_address` (what a request brings), `access_token`, `staff`,
//! `signed_token`, `token_verifier`, `verified_tokens`, `auth_state` and `auth_feed` (who calls),
//! `once` (idempotency keys), `link_secret` (who has a link), `read_after` (one's own writes on a
//! replica), `lock_conflict`, `error`, `refusals`, `problem` and `accept_language` (every answer
//! that is not a success), `catalogue` (what developers read of them), `invocation` (what a
//! trigger brings), `answer_time`, `turn`, `trace`, `telemetry` (what is exported of it),
//! `identity`, `database` and `redis` (what a service works with), `service_resource` (health),
//! `config`.

mod accept_language;
mod access_token;
mod answer_time;
mod api;
mod auth_feed;
mod auth_state;
mod body;
mod catalogue;
mod client_address;
mod config;
pub mod database;
mod device_key;
mod edge;
mod error;
mod etag;
pub mod header;
mod identity;
mod invocation;
mod link_secret;
mod lock_conflict;
mod once;
mod problem;
mod read_after;
pub mod redis;
mod refusals;
mod serve;
mod service_resource;
mod signed_token;
mod staff;
pub mod telemetry;
mod token_verifier;
pub mod trace;
mod turn;
mod verified_tokens;

pub use access_token::{
    ACCESS_AUDIENCE, ACCESS_LIFETIME_SECONDS, AccessClaims, BearerToken, Caller, Confirmation,
    Consumer, ISSUER, Merchant,
};
pub use answer_time::allow_answer_time;
pub use api::{
    Accepted, Answer, Api, Batch, Change, FunctionKey, Id, Input, InputFilter, Json, List,
    MergePatch, NoContent, NoFilter, Operation, Page, Paging, Public, Query, Routes, SignedBody,
    SignedRequest, Versioned, WholeRequest, oldest_first,
};
pub use auth_feed::{REVOCATIONS_WAIT, RevokedSessions};
pub use body::BODY_BYTES_MAX;
pub use catalogue::CatalogueEntry;
pub use client_address::ClientAddress;
pub use config::{ConfigError, required_var};
pub use device_key::{DeviceKey, DeviceKeyError};
pub use error::Error;
pub use etag::IfMatch;
pub use identity::managed_identity;
pub use invocation::TIMER_TIME_MAX;
pub use link_secret::{LinkSecret, SecretDigest};
pub use lock_conflict::retry_lock_conflicts;
pub use once::{Keyed, Recorded, Resource, find_recorded, once};
pub use problem::{FieldError, Problem, ProblemBody, causes, status};
pub use read_after::{AsOf, Position, ReadAfter, Written};
pub use refusals::{
    IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED, INVALID_BODY, INVALID_QUERY, INVALID_TOKEN,
    REFUSALS, WRONG_PRODUCT,
};
pub use serve::{StartError, run, run_and_publish, serve_on};
pub use service_resource::{Dependency, Probe};
pub use signed_token::{TokenRules, key_id, usable_keys};
pub use staff::{
    Administrator, Auditor, Reviewer, STAFF_AUDIENCE, Staff, StaffClaims, StaffOperator,
};
pub use token_verifier::{TokenVerifier, token_type};
pub use turn::give_turn_back;
