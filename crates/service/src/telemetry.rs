//! What a service tells Application Insights: a span for each step of a trace, metrics, and the log
//! lines of warnings and errors. Off unless `APPLICATIONINSIGHTS_CONNECTION_STRING` is set: the one
//! optional setting, since a handler works as well unobserved.
//!
//! The trace itself is `trace`'s; here its steps are only reported once they have ended. Nothing
//! waits for the export: each signal has a bounded queue and a thread that empties it, and what
//! does not fit is dropped. Query strings, bodies and phone numbers are never exported.

mod failure_logs;
mod ingestion;
mod request;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use azure_core::credentials::TokenCredential;
use opentelemetry::logs::LoggerProvider;
use opentelemetry::metrics::{Histogram, Meter, MeterProvider};
use opentelemetry::trace::{Link, SpanKind, Status};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_application_insights::Exporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{self, BatchLogProcessor, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{
    self as sdk_trace, BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::telemetry::ingestion::Ingestion;
use crate::trace::TraceContext;
use crate::{ConfigError, managed_identity, required_var};

pub(crate) use failure_logs::FailureLogs;
pub(crate) use request::{Asked, request_answered};

const CONNECTION_STRING: &str = "APPLICATIONINSIGHTS_CONNECTION_STRING";
/// Spans, and as many log lines, that wait for the exporter; more are dropped.
const QUEUE_LENGTH: usize = 2048;
/// Spans or log lines in one call of the ingestion.
const BATCH_LENGTH_MAX: usize = 512;
/// How long spans and log lines wait for others to go with them.
const BATCH_DELAY: Duration = Duration::from_secs(1);
/// Application Insights keeps metrics by the minute.
const METRICS_INTERVAL: Duration = Duration::from_secs(60);
/// How long the end of the process waits for what is queued to be sent.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

static EXPORT: OnceLock<Export> = OnceLock::new();

/// A step of a trace that has just ended.
pub struct Span {
    /// Which step.
    pub context: TraceContext,
    /// Whether it served a caller (`Server`, `Consumer`) or called another (`Client`, `Producer`).
    pub kind: SpanKind,
    /// The same for all steps of one kind, so without ids.
    pub name: Cow<'static, str>,
    /// How long it took, until now.
    pub elapsed: Duration,
    /// Whether it failed on our side.
    pub has_failed: bool,
    /// What else is known of it.
    pub attributes: Vec<KeyValue>,
    /// Steps of other traces that led to it.
    pub causes: Vec<TraceContext>,
}

struct Export {
    scope: InstrumentationScope,
    spans: BatchSpanProcessor,
    logs: SdkLoggerProvider,
    logger: SdkLogger,
    metrics: SdkMeterProvider,
    meter: Meter,
    request_duration: Histogram<f64>,
}

/// Starts the export if it is set up. Call it once, in the runtime that will send.
pub(crate) fn start(service: &'static str) -> Result<(), ConfigError> {
    let Ok(connection_string) = required_var(CONNECTION_STRING) else { return Ok(()) };
    let identity = managed_identity(required_var("AZURE_CLIENT_ID")?)?;
    let export = Export::start(service, &connection_string, identity)?;
    if EXPORT.set(export).is_err() {
        tracing::warn!("telemetry was started before");
    }
    Ok(())
}

/// Reports a step that has just ended, if the export is on.
pub fn record(span: Span) {
    if let Some(export) = EXPORT.get() {
        export.record(span);
    }
}

/// The meter for a service's own metrics; `None` while the export is off.
pub fn meter() -> Option<&'static Meter> {
    EXPORT.get().map(|export| &export.meter)
}

/// Sends what is queued, and ends the export. Returns in time even if nothing can be sent.
pub(crate) async fn flush() {
    if let Some(export) = EXPORT.get() {
        flush_in_time(|| export.shut_down()).await;
    }
}

async fn flush_in_time(shut_down: impl FnOnce() + Send + 'static) {
    let (done, is_done) = oneshot::channel();
    // A thread that the end of the runtime does not wait for.
    std::thread::spawn(move || {
        shut_down();
        // If it came too late, nobody listens any more.
        let _ = done.send(());
    });
    if tokio::time::timeout(FLUSH_TIMEOUT, is_done).await.is_err() {
        tracing::warn!("the last telemetry was lost");
    }
}

fn exporter(
    connection_string: &str,
    identity: Arc<dyn TokenCredential>,
) -> Result<Exporter<Ingestion>, ConfigError> {
    let unusable = |reason| ConfigError::Invalid(CONNECTION_STRING, reason);
    let malformed = |_| unusable("InstrumentationKey=…;IngestionEndpoint=… is expected");
    let ingestion =
        Ingestion::new(identity).map_err(|_| unusable("no HTTP client can be made for it"))?;
    let exporter =
        Exporter::new_from_connection_string(connection_string, ingestion).map_err(malformed)?;
    let mut settings = connection_string.split(';');
    match settings.find_map(|setting| setting.strip_prefix("IngestionEndpoint=")) {
        #[expect(deprecated, reason = "from the connection string it makes any http:// https://")]
        Some(endpoint) => exporter.with_endpoint(endpoint).map_err(malformed),
        None => Ok(exporter),
    }
}

impl Export {
    fn start(
        service: &'static str,
        connection_string: &str,
        identity: Arc<dyn TokenCredential>,
    ) -> Result<Self, ConfigError> {
        let exporter = exporter(connection_string, identity)?;
        let resource = Resource::builder_empty()
            .with_attribute(KeyValue::new("service.name", service))
            .with_attribute(KeyValue::new("service.instance.id", Uuid::new_v4().to_string()))
            .build();
        let spans = sdk_trace::BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_LENGTH)
            .with_max_export_batch_size(BATCH_LENGTH_MAX)
            .with_scheduled_delay(BATCH_DELAY);
        let mut spans =
            BatchSpanProcessor::builder(exporter.clone()).with_batch_config(spans.build()).build();
        spans.set_resource(&resource);
        let logs = logs::BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE_LENGTH)
            .with_max_export_batch_size(BATCH_LENGTH_MAX)
            .with_scheduled_delay(BATCH_DELAY);
        let logs =
            BatchLogProcessor::builder(exporter.clone()).with_batch_config(logs.build()).build();
        let logs = SdkLoggerProvider::builder()
            .with_log_processor(logs)
            .with_resource(resource.clone())
            .build();
        let reader = PeriodicReader::builder(exporter).with_interval(METRICS_INTERVAL).build();
        let metrics =
            SdkMeterProvider::builder().with_reader(reader).with_resource(resource).build();
        let meter = metrics.meter(service);
        Ok(Self {
            scope: InstrumentationScope::builder(service).build(),
            spans,
            logger: logs.logger(service),
            logs,
            metrics,
            request_duration: request::duration_histogram(&meter),
            meter,
        })
    }

    fn record(&self, span: Span) {
        let end_time = SystemTime::now();
        let mut links = SpanLinks::default();
        let cause = |context: TraceContext| Link::with_context(context.span_context());
        links.links = span.causes.into_iter().map(cause).collect();
        self.spans.on_end(SpanData {
            span_context: span.context.span_context(),
            parent_span_id: span.context.parent_span_id(),
            parent_span_is_remote: true,
            span_kind: span.kind,
            name: span.name,
            start_time: end_time.checked_sub(span.elapsed).unwrap_or(end_time),
            end_time,
            attributes: span.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links,
            status: if span.has_failed { Status::error("") } else { Status::Ok },
            instrumentation_scope: self.scope.clone(),
        });
    }

    fn shut_down(&self) {
        // The ingestion has already logged what fails here.
        let _ = self.spans.shutdown_with_timeout(FLUSH_TIMEOUT);
        let _ = self.logs.shutdown_with_timeout(FLUSH_TIMEOUT);
        let _ = self.metrics.shutdown_with_timeout(FLUSH_TIMEOUT);
    }
}

#[cfg(test)]
mod tests;
