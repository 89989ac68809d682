//! What surrounds a handler: everything between the Functions host and a service's own code.
//! Knows no business word.
//!
//! Reading order: `serve` (the process), `answer_time`, `trace`, `telemetry` (what is exported of
//! it), `problem` (every answer that is not a success), `body` and `access_token` (what a request
//! brings), `invocation` (what a trigger brings), `identity`, `database` and `redis` (what a
//! service works with), `service_resource` (health and OpenAPI), `config`.

mod access_token;
mod answer_time;
mod body;
mod config;
pub mod database;
mod device_key;
mod identity;
mod invocation;
mod problem;
pub mod redis;
mod serve;
mod service_resource;
pub mod telemetry;
pub mod trace;

pub use access_token::{
    ACCESS_AUDIENCE, AccessClaims, Caller, Confirmation, ISSUER, Scope, TokenVerifier, caller,
};
pub use answer_time::allow_answer_time;
pub use body::{BODY_BYTES_MAX, json_body};
pub use config::{ConfigError, required_var};
pub use device_key::{DeviceKey, DeviceKeyError};
pub use identity::managed_identity;
pub use invocation::{event_batch, invocation_done, timer};
pub use problem::{Problem, ProblemBody, causes, render_rejection};
pub use serve::{Ended, StartError, exit_code, init_logs, is_migration, serve, with};
pub use service_resource::{Dependency, service_resource};
