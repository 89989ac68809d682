//! The rules of notifications: pure, nothing asynchronous.

mod notification;
mod templates;

pub(crate) use notification::{Kind, Mailbox, NO_NOTIFICATION, Notice, Notification};
pub(crate) use templates::{Message, Text};
