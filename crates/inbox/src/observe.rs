//! What telemetry sees of events that are consumed: a span for each, and what became of it.

use std::sync::OnceLock;
use std::time::Instant;

use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use opentelemetry::trace::SpanKind;
use service::telemetry::{self, Span};

use crate::delivery::Delivery;

/// What became of an event that was consumed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Applied,
    SeenBefore,
    Parked,
}

/// Counts by consumer and outcome.
fn counter() -> Option<&'static Counter<u64>> {
    static CONSUMED: OnceLock<Counter<u64>> = OnceLock::new();
    let meter = telemetry::meter()?;
    Some(CONSUMED.get_or_init(|| meter.u64_counter("events.consumed").build()))
}

/// Reports an event that was just consumed, without an outcome if the database failed. It took as
/// long as the transaction that it shared.
pub(crate) fn consumed(
    consumer: &'static str,
    delivery: &Delivery,
    outcome: Option<Outcome>,
    start: Instant,
) {
    let Some(counter) = counter() else { return };
    let outcome = match outcome {
        Some(Outcome::Applied) => "applied",
        Some(Outcome::SeenBefore) => "seen-before",
        Some(Outcome::Parked) => "parked",
        None => "failed",
    };
    let envelope = delivery.envelope.as_ref().ok();
    let mut attributes =
        vec![KeyValue::new("consumer", consumer), KeyValue::new("outcome", outcome)];
    counter.add(1, &attributes);
    attributes.push(KeyValue::new("messaging.system", "eventhubs"));
    attributes.extend(
        envelope.map(|envelope| KeyValue::new("messaging.message.id", envelope.id.clone())),
    );
    let kind = envelope.map_or("an unreadable event", |envelope| &envelope.kind);
    let name = format!("consume {kind}");
    attributes.push(KeyValue::new("ai.operation.name", name.clone()));
    telemetry::record(Span {
        context: delivery.step,
        kind: SpanKind::Consumer,
        name: name.into(),
        elapsed: start.elapsed(),
        has_failed: matches!(outcome, "parked" | "failed"),
        attributes,
        causes: Vec::new(),
    });
}
