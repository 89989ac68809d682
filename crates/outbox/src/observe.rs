//! What telemetry sees of events that leave: a span for each batch that is relayed, how many events
//! wait, and for how long.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Gauge;
use opentelemetry::trace::SpanKind;
use serde::Deserialize;
use service::telemetry::{self, Span};
use service::trace::TraceContext;
use time::OffsetDateTime;

use crate::store::Row;

/// How many causes a batch names; Application Insights holds no more than 107.
const CAUSES_MAX: usize = 100;

struct Instruments {
    /// Events that the relay sees in the table: all, or as many as it takes at once.
    waiting: Gauge<u64>,
    /// How long the oldest of them has waited, in seconds.
    age: Gauge<f64>,
}

fn instruments() -> Option<&'static Instruments> {
    static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();
    let meter = telemetry::meter()?;
    Some(INSTRUMENTS.get_or_init(|| Instruments {
        waiting: meter.u64_gauge("outbox.waiting").build(),
        age: meter.f64_gauge("outbox.age").with_unit("s").build(),
    }))
}

/// Where a row's event comes from.
#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(default)]
    traceparent: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    time: OffsetDateTime,
}

fn origin(event: &str) -> Option<Origin<'_>> {
    serde_json::from_str(event).ok()
}

/// Reports the rows that wait to be sent or are being sent, the oldest first.
pub(crate) fn waiting<'a>(rows: impl Iterator<Item = &'a Row>) {
    let Some(instruments) = instruments() else { return };
    let mut events = rows.flat_map(Row::events).peekable();
    let oldest = events.peek().and_then(|event| origin(event));
    let age = oldest.map(|oldest| SystemTime::from(oldest.time).elapsed().unwrap_or_default());
    instruments.waiting.record(u64::try_from(events.count()).unwrap_or(u64::MAX), &[]);
    instruments.age.record(age.unwrap_or_default().as_secs_f64(), &[]);
}

/// Reports a batch that the relay has just sent, or failed to send. It is a trace of its own, since
/// its events belong to many traces, and it names those as its causes.
pub(crate) fn relayed(hub: &'static str, rows: &[Row], is_sent: bool, start: Instant) {
    if instruments().is_none() {
        return;
    }
    let events = || rows.iter().flat_map(Row::events);
    telemetry::record(Span {
        context: TraceContext::root(),
        kind: SpanKind::Producer,
        name: "relay outbox".into(),
        elapsed: start.elapsed(),
        has_failed: !is_sent,
        attributes: vec![
            KeyValue::new("messaging.system", "eventhubs"),
            KeyValue::new("messaging.destination.name", hub),
            KeyValue::new(
                "messaging.batch.message_count",
                i64::try_from(events().count()).unwrap_or(i64::MAX),
            ),
        ],
        causes: events()
            .take(CAUSES_MAX)
            .filter_map(|event| origin(event)?.traceparent.parse().ok())
            .collect(),
    });
}
