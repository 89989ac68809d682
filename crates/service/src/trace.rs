//! The trace that a request belongs to: one id from the phone's request to the last notification.
//! Source: W3C Trace Context, level 1.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use opentelemetry::trace::{SpanContext, TraceFlags, TraceState};
use opentelemetry::{SpanId, TraceId};
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// A step of a trace; its text form is the `traceparent` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    /// The step that led to this one; 0 if there is none, or it is unknown.
    parent_span_id: u64,
}

/// The text is not a `traceparent`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct TraceparentError;

impl TraceContext {
    /// The beginning of a new trace.
    pub fn root() -> Self {
        Self { trace_id: Uuid::new_v4().as_u128(), span_id: new_span_id(), parent_span_id: 0 }
    }

    /// The next step of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span_id: new_span_id(), parent_span_id: self.span_id, ..self }
    }

    /// 32 hexadecimal digits, the same in every log line and event that one request causes.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// As OpenTelemetry knows it.
    pub(crate) fn span_context(self) -> SpanContext {
        SpanContext::new(
            TraceId::from(self.trace_id),
            SpanId::from(self.span_id),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        )
    }

    /// As OpenTelemetry knows it; `SpanId::INVALID` if there is none.
    pub(crate) fn parent_span_id(self) -> SpanId {
        SpanId::from(self.parent_span_id)
    }
}

fn new_span_id() -> u64 {
    Uuid::new_v4().as_u64_pair().0
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace_id, self.span_id)
    }
}

impl FromStr for TraceContext {
    type Err = TraceparentError;

    fn from_str(text: &str) -> Result<Self, TraceparentError> {
        let mut parts = text.split('-');
        let (Some("00"), Some(trace_id), Some(span_id), Some(_flags), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TraceparentError);
        };
        if trace_id.len() != 32 || span_id.len() != 16 {
            return Err(TraceparentError);
        }
        let trace_id = u128::from_str_radix(trace_id, 16).map_err(|_| TraceparentError)?;
        let span_id = u64::from_str_radix(span_id, 16).map_err(|_| TraceparentError)?;
        if trace_id == 0 || span_id == 0 {
            return Err(TraceparentError);
        }
        Ok(Self { trace_id, span_id, parent_span_id: 0 })
    }
}

/// The trace that the running task serves; a new one outside any request.
pub fn current() -> TraceContext {
    serving().unwrap_or_else(TraceContext::root)
}

/// The trace that the running task serves, if it serves one.
pub(crate) fn serving() -> Option<TraceContext> {
    CURRENT.try_with(|context| *context).ok()
}

/// Runs a future as part of a trace.
pub async fn within<F: Future>(context: TraceContext, future: F) -> F::Output {
    CURRENT.scope(context, future).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_and_written_unchanged() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context: TraceContext = text.parse().unwrap();
        assert_eq!(context.to_string(), text);
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let child = context.child();
        assert_eq!(child.trace_id(), context.trace_id());
        assert_ne!(child.span_context().span_id(), context.span_context().span_id());
        assert_eq!(child.parent_span_id(), context.span_context().span_id());
    }

    #[test]
    fn malformed_traceparents_are_refused() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-zbf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(text.parse::<TraceContext>(), Err(TraceparentError), "{text}");
        }
    }

    #[tokio::test]
    async fn work_within_a_trace_sees_it() {
        let context = TraceContext::root();
        assert_eq!(within(context, async { current() }).await, context);
        assert_ne!(current(), context);
    }
}
