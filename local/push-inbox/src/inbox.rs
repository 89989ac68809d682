//! The pushes that were taken, in memory, the oldest dropped first; and how the hub misbehaves.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// How many pushes are kept.
const PUSHES_MAX: usize = 1000;

/// A push to one device.
#[derive(Debug, Clone, Serialize)]
pub struct Push {
    /// What the hub calls it.
    pub hub_message_id: String,
    /// The token of the device.
    pub device_handle: String,
    /// Of whose platform the device is: `apple` or `fcmv1`.
    pub format: String,
    /// A device shows the last one with this id.
    pub collapse_id: Option<String>,
    /// What the screen shows.
    pub title: String,
    /// What it shows below that.
    pub body: String,
    /// All that the app gets.
    pub payload: Value,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

/// What goes wrong from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// Each push is answered with this instead of being taken.
    pub status: Option<u16>,
    /// And with this `Retry-After`.
    pub retry_after_seconds: Option<u64>,
    /// Pushes to these tokens are answered with 410.
    pub gone_tokens: HashSet<String>,
    /// Pushes to these are taken, and their telemetry says that the platform knows them no more.
    pub dead_tokens: HashSet<String>,
}

/// The inbox of every device.
#[derive(Debug, Default)]
pub struct Inbox(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// How many were ever taken, to number them.
    taken: u64,
    /// How often the hub refused one.
    refused: u64,
    newest_first: VecDeque<Push>,
    faults: Faults,
}

impl Inbox {
    /// Keeps a push, and answers its id.
    pub(crate) fn take(&self, mut push: Push) -> String {
        let mut kept = self.kept();
        kept.taken = kept.taken.saturating_add(1);
        let id = format!("{}-{}-1", push.received_at.unix_timestamp(), kept.taken);
        push.hub_message_id.clone_from(&id);
        kept.newest_first.push_front(push);
        kept.newest_first.truncate(PUSHES_MAX);
        id
    }

    /// The pushes to a device, or to all when none is given, the newest first.
    pub fn list(&self, device_handle: Option<&str>) -> Vec<Push> {
        let kept = self.kept();
        let wanted = |push: &&Push| device_handle.is_none_or(|handle| push.device_handle == handle);
        kept.newest_first.iter().filter(wanted).cloned().collect()
    }

    /// What is known under an id.
    pub(crate) fn find(&self, hub_message_id: &str) -> Option<Push> {
        let kept = self.kept();
        kept.newest_first.iter().find(|push| push.hub_message_id == hub_message_id).cloned()
    }

    /// Misbehaves like this from now on, and in no other way.
    pub fn misbehave(&self, faults: Faults) {
        self.kept().faults = faults;
    }

    pub(crate) fn faults(&self) -> Faults {
        self.kept().faults.clone()
    }

    pub(crate) fn count_refused(&self) {
        let mut kept = self.kept();
        kept.refused = kept.refused.saturating_add(1);
    }

    /// How many pushes a fault has refused so far.
    pub fn refused(&self) -> u64 {
        self.kept().refused
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics between two changes of the fields, so they are whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
