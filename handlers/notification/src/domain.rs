//! The rules of notifications: pure, nothing asynchronous.

mod language;
mod notification;
mod templates;

pub(crate) use language::Language;
pub(crate) use notification::{Kind, Mailbox, Notice, Notification};
pub(crate) use templates::{Message, Text};
