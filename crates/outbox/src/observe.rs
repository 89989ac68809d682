//! What telemetry sees of events on their way: a span for each batch that is relayed and for each
//! event that is consumed, how many events wait and for how long, and what became of them.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use events::Envelope;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge};
use opentelemetry::trace::SpanKind;
use serde::Deserialize;
use service::telemetry::{self, Span};
use service::trace::TraceContext;
use time::OffsetDateTime;

use crate::inbox::Outcome;
use crate::store::Row;

/// A batch names the causes of so many of its events; Application Insights holds no more than 107.
const CAUSES_MAX: usize = 100;

struct Instruments {
    /// By consumer and outcome.
    consumed: Counter<u64>,
    /// Events that the relay sees in the table: all, or as many as it takes at once.
    waiting: Gauge<u64>,
    /// How long the oldest of them has waited, in seconds.
    age: Gauge<f64>,
}

fn instruments() -> Option<&'static Instruments> {
    static INSTRUMENTS: OnceLock<Instruments> = OnceLock::new();
    let meter = telemetry::meter()?;
    Some(INSTRUMENTS.get_or_init(|| Instruments {
        consumed: meter.u64_counter("events.consumed").build(),
        waiting: meter.u64_gauge("outbox.waiting").build(),
        age: meter.f64_gauge("outbox.age").with_unit("s").build(),
    }))
}

/// What a row's event tells of its origin.
#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(default)]
    traceparent: &'a str,
    #[serde(with = "time::serde::rfc3339")]
    time: OffsetDateTime,
}

fn origin(row: &Row) -> Option<Origin<'_>> {
    serde_json::from_str(&row.body).ok()
}

/// These rows, the oldest first, wait to be sent.
pub(crate) fn waiting(rows: &[Row]) {
    let Some(instruments) = instruments() else { return };
    let oldest = rows.first().and_then(origin);
    let age = oldest.map(|oldest| SystemTime::from(oldest.time).elapsed().unwrap_or_default());
    instruments.waiting.record(u64::try_from(rows.len()).unwrap_or(u64::MAX), &[]);
    instruments.age.record(age.unwrap_or_default().as_secs_f64(), &[]);
}

/// The relay has just sent these rows to the service's hub, or failed to. The batch is a trace of
/// its own, as its events belong to many; it names theirs as its causes.
pub(crate) fn relayed(hub: &'static str, rows: &[Row], is_sent: bool, start: Instant) {
    if instruments().is_none() {
        return;
    }
    let causes = rows.iter().take(CAUSES_MAX);
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
                i64::try_from(rows.len()).unwrap_or(i64::MAX),
            ),
        ],
        causes: causes.filter_map(|row| origin(row)?.traceparent.parse().ok()).collect(),
    });
}

/// An event, `None` if it cannot be read, was just consumed; without an outcome the database
/// failed.
pub(crate) fn consumed(
    context: TraceContext,
    consumer: &'static str,
    envelope: Option<&Envelope>,
    outcome: Option<Outcome>,
    start: Instant,
) {
    let Some(instruments) = instruments() else { return };
    let outcome = match outcome {
        Some(Outcome::Applied) => "applied",
        Some(Outcome::SeenBefore) => "seen-before",
        Some(Outcome::Parked) => "parked",
        None => "failed",
    };
    let mut attributes =
        vec![KeyValue::new("consumer", consumer), KeyValue::new("outcome", outcome)];
    instruments.consumed.add(1, &attributes);
    attributes.push(KeyValue::new("messaging.system", "eventhubs"));
    attributes.extend(
        envelope.map(|envelope| KeyValue::new("messaging.message.id", envelope.id.clone())),
    );
    let kind = envelope.map_or("an unreadable event", |envelope| &envelope.kind);
    let name = format!("consume {kind}");
    attributes.push(KeyValue::new("ai.operation.name", name.clone()));
    telemetry::record(Span {
        context,
        kind: SpanKind::Consumer,
        name: name.into(),
        elapsed: start.elapsed(),
        has_failed: matches!(outcome, "parked" | "failed"),
        attributes,
        causes: Vec::new(),
    });
}
