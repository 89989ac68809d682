//! Events leave a service through its outbox, so that each is published if and only if its
//! transaction was committed.
//!
//! An event is a row that is written in the transaction it reports. The relay sends the rows, in
//! order, to the service's event hub and deletes those that the hub acknowledged. A crash between
//! the two sends a row twice; nothing loses one. (The SDK's `send_batch` counts a delivery that the
//! broker released or modified as sent; Event Hubs does neither.) A service that publishes has the
//! table `outbox`. The other end is the crate `inbox`.
//!
//! Reading order: `outbox`, `relay`, `unread`, `publisher`, `store`; `observe` is what telemetry
//! sees of it.

mod observe;
mod outbox;
mod publisher;
mod relay;
mod store;
mod unread;

pub use outbox::{EVENT_BYTES_MAX, Outbox};
pub use publisher::Hub;
