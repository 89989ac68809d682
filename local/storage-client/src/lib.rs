//! The few calls of Azure's storage that programs of the local platform make: queues, and what
//! stands in a container. Not Microsoft's clients: they know no account keys, and the host reads
//! messages whose encoding is part of its rules.

mod account;
mod connection_string;
mod container;
mod error;
mod queue;

pub use account::Account;
pub use connection_string::{ConnectionStringError, Service};
pub use container::{Blob, Container, Content};
pub use error::StorageError;
pub use queue::{Message, PopReceipt, Queue};
