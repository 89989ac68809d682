//! Events enter a service through its inbox, so that each takes effect exactly once.
//!
//! A consumer records an event's id in the transaction of its effect, so a repeat does nothing. The
//! events of a batch share a transaction: one commit for all is what makes a consumer keep up.
//! What cannot be processed is parked in a table and never blocks what comes after it. A service
//! that consumes has the tables `inbox` and `parked_events` (see the migrations of any that does).
//!
//! Apart from `outbox`, so that a service which only consumes links no Event Hubs client.
//! Reading order: `consume`, `delivery`, `park`, `store`; `consume_repeatably` is for effects
//! outside MySQL, `observe` is what telemetry sees of it, and `names` the one effect that is the
//! same in several services.

mod consume;
mod consume_repeatably;
mod delivery;
mod names;
mod observe;
mod park;
mod store;

pub use consume::{Effect, Failure, consume, consume_together, decode};
pub use consume_repeatably::consume_repeatably;
pub use names::learn_name;
