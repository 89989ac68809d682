//! Events leave a service through its outbox and enter another through its inbox, so that each is
//! published if and only if its transaction was committed, and takes effect exactly once.
//!
//! Outbox: the event is a row of the transaction that it tells of. The relay sends the rows, in
//! order, to the service's event hub and deletes those that the hub acknowledged. A crash between
//! the two sends a row twice; nothing loses one. Inbox: a consumer records the event's id in the
//! transaction of its effect, so a repeat does nothing. (The SDK's `send_batch` takes a delivery
//! that the broker released or modified for sent; Event Hubs answers neither.) What cannot be
//! processed is parked in a table and never blocks what comes after it.
//!
//! A service that publishes has the table `outbox`, one that consumes has `inbox` and
//! `parked_events` (see the migrations of any service).
//! Reading order: `outbox`, `publisher`, `inbox`, `store`; `observe` is what telemetry sees of it.

mod inbox;
mod observe;
mod outbox;
mod publisher;
mod store;

pub use inbox::{Failure, consume, decode};
pub use outbox::{EVENT_BYTES_MAX, Outbox, relay_route};
pub use publisher::Hub;

/// A transaction on the service's own schema.
pub type Tx = mysql_async::Transaction<'static>;
