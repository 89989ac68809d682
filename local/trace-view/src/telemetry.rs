//! The telemetry items that were taken, in memory, the oldest dropped first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// How many items are kept: an hour or so of a developer's calls.
const ITEMS_MAX: usize = 20_000;

/// What a program told of one moment of a trace.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    pub(crate) trace_id: String,
    /// The span that it belongs to or, if it is a span, that led to it.
    pub(crate) parent_id: Option<String>,
    pub(crate) service: String,
    /// When it happened or, if it is a span, began.
    pub(crate) at: OffsetDateTime,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) kind: Kind,
}

/// The sorts of items that belong to traces.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Kind {
    /// A step that took time.
    Span(Span),
    /// A log line, or an exception.
    Log { severity: &'static str, message: String },
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Span {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether it served a caller, and did not call another.
    pub(crate) is_request: bool,
    pub(crate) duration: Duration,
    /// An HTTP status, or a protocol's own code.
    pub(crate) result: String,
    pub(crate) has_failed: bool,
    /// Spans of other traces that led to it.
    pub(crate) causes: Vec<SpanReference>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct SpanReference {
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
}

/// The items of all traces.
#[derive(Debug, Default)]
pub(crate) struct Telemetry(Mutex<VecDeque<Item>>);

impl Telemetry {
    /// Keeps the items, and drops the oldest ones that there is no room for.
    pub(crate) fn take(&self, items: Vec<Item>) {
        let mut kept = self.items();
        kept.extend(items);
        let surplus = kept.len().saturating_sub(ITEMS_MAX);
        kept.drain(..surplus);
    }

    /// Everything that is kept, in the order in which it arrived.
    pub(crate) fn all(&self) -> Vec<Item> {
        self.items().iter().cloned().collect()
    }

    fn items(&self) -> MutexGuard<'_, VecDeque<Item>> {
        // Nothing panics between two changes of the queue, so it is whole even after a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_items_make_room_for_new_ones() {
        let log = |message: usize| Item {
            trace_id: "t".to_owned(),
            parent_id: None,
            service: "payments".to_owned(),
            at: OffsetDateTime::UNIX_EPOCH,
            properties: BTreeMap::new(),
            kind: Kind::Log { severity: "error", message: message.to_string() },
        };
        let telemetry = Telemetry::default();
        telemetry.take((0..ITEMS_MAX).map(log).collect());
        telemetry.take(vec![log(ITEMS_MAX), log(ITEMS_MAX + 1)]);

        let kept = telemetry.all();
        assert_eq!(kept.len(), ITEMS_MAX);
        assert!(matches!(&kept[0].kind, Kind::Log { message, .. } if message == "2"));
    }
}
