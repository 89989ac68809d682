//! An event as it was delivered, and the step of its trace in which it is consumed.

use events::Envelope;
use service::trace::{self, TraceContext};
use tracing::Instrument;

/// The longest event id, as the tables hold it.
const EVENT_ID_LENGTH_MAX: usize = 64;

pub(crate) struct Delivery {
    pub(crate) text: String,
    pub(crate) envelope: Result<Envelope, serde_json::Error>,
    pub(crate) step: TraceContext,
    span: tracing::Span,
}

impl Delivery {
    pub(crate) fn read(consumer: &'static str, text: String) -> Self {
        let envelope = serde_json::from_str::<Envelope>(&text);
        let cause = envelope.as_ref().ok().and_then(|envelope| envelope.traceparent.parse().ok());
        let step = cause.unwrap_or_else(trace::current).child();
        let span = tracing::info_span!(
            "event",
            consumer,
            trace_id = step.trace_id(),
            event_id = envelope.as_ref().ok().map(|envelope| &envelope.id),
            kind = envelope.as_ref().ok().map(|envelope| &envelope.kind),
        );
        Self { text, envelope, step, span }
    }

    /// The event, or why it cannot be consumed.
    pub(crate) fn event(&self) -> Result<Event<'_>, String> {
        let envelope = self.envelope.as_ref().map_err(ToString::to_string)?;
        if (1..=EVENT_ID_LENGTH_MAX).contains(&envelope.id.len()) {
            Ok(Event { delivery: self, envelope })
        } else {
            Err("the event's id is empty or too long".to_owned())
        }
    }

    /// Does something as part of the event's trace.
    pub(crate) async fn within<F: Future>(&self, work: F) -> F::Output {
        trace::within(self.step, work.instrument(self.span.clone())).await
    }
}

/// A delivery that can be consumed.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) delivery: &'a Delivery,
    pub(crate) envelope: &'a Envelope,
}
