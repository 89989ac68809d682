//! `up` on real servers. Nothing here needs a function app: without any, `up run` starts the
//! stores.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod exec_with_stores;
mod run;
mod running;
