//! The messages that were taken, in memory, the oldest dropped first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use time::OffsetDateTime;

/// How many messages are kept.
const MESSAGES_MAX: usize = 1000;

/// A message to one recipient.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) message: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) received_at: OffsetDateTime,
}

/// The inbox of every phone.
#[derive(Debug, Default)]
pub(crate) struct Inbox(Mutex<Messages>);

#[derive(Debug, Default)]
struct Messages {
    /// How many were ever taken, to number them.
    taken: u64,
    newest_first: VecDeque<Message>,
}

impl Inbox {
    /// Keeps a message, and answers its id.
    pub(crate) fn take(&self, from: &str, to: &str, message: &str) -> String {
        let received_at = OffsetDateTime::now_utc();
        let mut messages = self.messages();
        messages.taken = messages.taken.saturating_add(1);
        let message_id = format!("Outgoing_{}_{}", received_at.unix_timestamp(), messages.taken);
        messages.newest_first.push_front(Message {
            message_id: message_id.clone(),
            from: from.to_owned(),
            to: to.to_owned(),
            message: message.to_owned(),
            received_at,
        });
        messages.newest_first.truncate(MESSAGES_MAX);
        message_id
    }

    /// The messages to a number, or to all when none is given, the newest first.
    pub(crate) fn list(&self, to: Option<&str>) -> Vec<Message> {
        let messages = self.messages();
        let wanted = |message: &&Message| to.is_none_or(|to| message.to == to);
        messages.newest_first.iter().filter(wanted).cloned().collect()
    }

    fn messages(&self) -> MutexGuard<'_, Messages> {
        // Nothing panics between two changes of the fields, so they are whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_message_makes_room_for_one_more() {
        let inbox = Inbox::default();
        for number in 0..=MESSAGES_MAX {
            inbox.take("+85230000000", "+85261234567", &number.to_string());
        }
        let messages = inbox.list(None);
        assert_eq!(messages.len(), MESSAGES_MAX);
        assert_eq!(messages.last().unwrap().message, "1");
    }
}
