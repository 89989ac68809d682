//! The rules of notifications: pure, nothing asynchronous.

mod notification;
mod refusals;
mod templates;

pub(crate) use notification::{Facts, Mailbox, Notice, Notification, NotificationType};
pub(crate) use refusals::NO_NOTIFICATION;
pub use refusals::REFUSALS;
pub(crate) use templates::{Message, Text};
