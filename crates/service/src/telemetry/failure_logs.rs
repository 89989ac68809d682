//! Log lines of warnings and errors, exported with the trace that they belong to.

use std::fmt;

use opentelemetry::logs::{LogRecord, Logger, Severity};
use opentelemetry_sdk::logs::SdkLogRecord;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::telemetry::EXPORT;
use crate::trace;

/// Hands warnings and errors to the export while that is on.
pub(crate) struct FailureLogs;

impl<S: Subscriber> Layer<S> for FailureLogs {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let severity = match *event.metadata().level() {
            Level::ERROR => Severity::Error,
            Level::WARN => Severity::Warn,
            _ => return,
        };
        let Some(export) = EXPORT.get() else { return };
        let mut record = export.logger.create_log_record();
        record.set_severity_number(severity);
        record.add_attribute("target", event.metadata().target());
        if let Some(context) = trace::serving() {
            let context = context.span_context();
            record.set_trace_context(context.trace_id(), context.span_id(), None);
        }
        event.record(&mut Fields(&mut record));
        export.logger.emit(record);
    }
}

/// An event's fields on their way into a record: the message is its body.
struct Fields<'a>(&'a mut SdkLogRecord);

impl Fields<'_> {
    fn add(&mut self, field: &Field, value: String) {
        if field.name() == "message" {
            self.0.set_body(value.into());
        } else {
            self.0.add_attribute(field.name(), value);
        }
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}"));
    }
}
