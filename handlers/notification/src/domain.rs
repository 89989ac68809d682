//! The rules of notifications: pure, nothing asynchronous.

mod notification;
mod templates;

pub(crate) use notification::{
    Facts, Mailbox, NO_NOTIFICATION, Notice, Notification, NotificationType,
};
pub(crate) use templates::{Message, Text};
