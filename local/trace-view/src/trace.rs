//! Traces, put together from the items of several services.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::telemetry::{Item, Kind};

/// What a list shows of a trace.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) trace_id: String,
    /// That of its first span.
    pub(crate) name: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) started_at: OffsetDateTime,
    /// From the first begin to the last end.
    pub(crate) duration_ms: f64,
    pub(crate) services: BTreeSet<String>,
    pub(crate) spans: usize,
    /// That of its first span.
    pub(crate) result: String,
    pub(crate) has_failed: bool,
}

/// A whole trace.
#[derive(Debug, Serialize)]
pub(crate) struct Trace {
    #[serde(flatten)]
    pub(crate) summary: Summary,
    /// Each after the one that led to it.
    pub(crate) steps: Vec<Step>,
    /// In the order of time.
    pub(crate) logs: Vec<Log>,
}

/// A span at its place in a trace.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) span_id: String,
    pub(crate) parent_id: Option<String>,
    /// How many steps of this trace led to it.
    pub(crate) depth: usize,
    pub(crate) service: String,
    pub(crate) name: String,
    /// From the begin of the trace.
    pub(crate) offset_ms: f64,
    pub(crate) duration_ms: f64,
    pub(crate) result: String,
    pub(crate) has_failed: bool,
    /// Whether it serves several traces, and is shown in each.
    pub(crate) is_shared: bool,
    pub(crate) properties: BTreeMap<String, String>,
}

/// A log line of a trace.
#[derive(Debug, Serialize)]
pub(crate) struct Log {
    pub(crate) span_id: Option<String>,
    pub(crate) service: String,
    pub(crate) offset_ms: f64,
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    pub(crate) properties: BTreeMap<String, String>,
}

/// The traces of which a request is known or a failure, the newest first. What only serves other
/// traces is shown in theirs.
pub(crate) fn list(items: &[Item]) -> Vec<Summary> {
    let mut by_trace: HashMap<&str, Vec<&Item>> = HashMap::new();
    for item in items {
        for trace_id in traces_of(item) {
            by_trace.entry(trace_id).or_default().push(item);
        }
    }
    let is_listed = |(trace_id, items): &(&str, Vec<&Item>)| {
        items.iter().filter(|item| item.trace_id == *trace_id).any(|item| match &item.kind {
            Kind::Span(span) => span.is_request || span.has_failed,
            Kind::Log { .. } => false,
        })
    };
    let mut traces: Vec<Summary> = by_trace
        .into_iter()
        .filter(is_listed)
        .filter_map(|(trace_id, items)| assemble(trace_id, items))
        .map(|trace| trace.summary)
        .collect();
    traces.sort_by_key(|trace| std::cmp::Reverse(trace.started_at));
    traces
}

/// The trace with that id; `None` if nothing is known of it.
pub(crate) fn find(items: &[Item], trace_id: &str) -> Option<Trace> {
    let items = items.iter().filter(|item| traces_of(item).contains(trace_id));
    assemble(trace_id, items.collect())
}

/// The trace that an item belongs to, and those that it serves.
fn traces_of(item: &Item) -> BTreeSet<&str> {
    let mut traces = BTreeSet::from([item.trace_id.as_str()]);
    if let Kind::Span(span) = &item.kind {
        traces.extend(span.causes.iter().map(|cause| cause.trace_id.as_str()));
    }
    traces
}

/// The span of that trace which led to an item of another.
fn cause_in<'a>(item: &'a Item, trace_id: &str) -> Option<&'a str> {
    match &item.kind {
        Kind::Span(span) => {
            let mut causes = span.causes.iter();
            causes.find(|cause| cause.trace_id == trace_id).map(|cause| cause.span_id.as_str())
        }
        Kind::Log { .. } => None,
    }
}

fn assemble(trace_id: &str, mut items: Vec<&Item>) -> Option<Trace> {
    items.sort_by_key(|item| item.at);
    let started_at = items.iter().find(|item| item.trace_id == trace_id)?.at;
    #[expect(clippy::arithmetic_side_effects, reason = "a duration holds the span of all years")]
    let offset_ms = |item: &Item| ms(item.at - started_at);
    let (mut steps, mut logs) = (Vec::new(), Vec::new());
    for item in items {
        let Item { service, properties, .. } = item.clone();
        match item.kind.clone() {
            Kind::Span(span) => steps.push(Step {
                parent_id: cause_in(item, trace_id)
                    .map_or_else(|| item.parent_id.clone(), |cause| Some(cause.to_owned())),
                span_id: span.id,
                depth: 0,
                service,
                name: span.name,
                offset_ms: offset_ms(item),
                duration_ms: ms(span.duration),
                result: span.result,
                has_failed: span.has_failed,
                is_shared: item.trace_id != trace_id,
                properties,
            }),
            Kind::Log { severity, message } => logs.push(Log {
                span_id: item.parent_id.clone(),
                service,
                offset_ms: offset_ms(item),
                severity,
                message,
                properties,
            }),
        }
    }
    let steps = in_order_of_cause(steps);
    let end = steps.iter().map(|step| step.offset_ms + step.duration_ms).fold(0.0, f64::max);
    let summary = Summary {
        trace_id: trace_id.to_owned(),
        name: steps.first().map_or_else(String::new, |step| step.name.clone()),
        started_at,
        duration_ms: end,
        services: steps.iter().map(|step| step.service.clone()).collect(),
        spans: steps.len(),
        result: steps.first().map_or_else(String::new, |step| step.result.clone()),
        has_failed: steps.iter().any(|step| step.has_failed),
    };
    Some(Trace { summary, steps, logs })
}

/// Puts each step after the one that led to it. What names an unknown one, or runs in a circle,
/// stands at the left.
fn in_order_of_cause(by_time: Vec<Step>) -> Vec<Step> {
    let known: BTreeSet<String> = by_time.iter().map(|step| step.span_id.clone()).collect();
    let mut waiting: Vec<Option<Step>> = by_time.into_iter().map(Some).collect();
    let mut ordered: Vec<Step> = Vec::with_capacity(waiting.len());
    // Steps that were placed and whose own are still to be placed, by their id.
    let mut open: Vec<String> = Vec::new();
    loop {
        let is_next = |step: &Step| match (open.last(), &step.parent_id) {
            (Some(cause), Some(parent)) => cause == parent,
            (Some(_), None) => false,
            (None, Some(parent)) => !known.contains(parent),
            (None, None) => true,
        };
        let next = waiting.iter_mut().find(|step| step.as_ref().is_some_and(is_next));
        if let Some(mut step) = next.and_then(Option::take) {
            step.depth = open.len();
            open.push(step.span_id.clone());
            ordered.push(step);
        } else if open.pop().is_none() {
            break;
        }
    }
    ordered.extend(waiting.into_iter().flatten());
    ordered
}

fn ms(duration: Duration) -> f64 {
    duration.as_seconds_f64() * 1000.0
}
