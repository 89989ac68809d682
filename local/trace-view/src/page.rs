//! The pages: a list of traces, and one trace as a waterfall of its spans.

use std::collections::BTreeMap;

use platform_page::{Escaped, clock, fixed, hue, indent, live, search, table};

use crate::trace::{Log, Step, Summary, Trace};

/// How many traces are shown.
const SHOWN_MAX: usize = 200;

/// The page of the newest traces whose id begins with `wanted`, or whose name has it in it.
pub(crate) fn list(traces: &[Summary], wanted: &str) -> String {
    let is_wanted =
        |trace: &&Summary| trace.trace_id.starts_with(wanted) || trace.name.contains(wanted);
    let rows: String = traces.iter().filter(is_wanted).take(SHOWN_MAX).map(row).collect();
    let empty = "<p>Nothing is known of such a trace. Call the API, and reload this page.</p>";
    let heads = ["Began (UTC)", "Trace", "Services", "#Spans", "#Time", "Result"];
    let main = if rows.is_empty() { empty.to_owned() } else { table(&heads, &rows) };
    live("Traces", &search("find", "With the id or in the name", wanted, &[]), &main)
}

fn row(trace: &Summary) -> String {
    let services: String = trace.services.iter().map(|service| badge(service) + " ").collect();
    format!(
        "<tr><td>{began}</td><td><a href=\"/waterfalls/{id}\">{name}</a></td><td>{services}</td>\
         <td class=number>{spans}</td><td class=number>{took}</td><td class=\"{class}\">{result}\
         {failed}</td></tr>",
        began = clock(trace.started_at),
        id = Escaped(&trace.trace_id),
        name = Escaped(&trace.name),
        spans = trace.spans,
        took = milliseconds(trace.duration_ms),
        class = if trace.has_failed { "bad" } else { "" },
        result = http_status(&trace.result),
        failed = if trace.has_failed { " failed" } else { "" },
    )
}

/// The page of one trace.
pub(crate) fn trace(trace: &Trace) -> String {
    let summary = &trace.summary;
    let steps: String = trace.steps.iter().map(|found| step(found, summary.duration_ms)).collect();
    let logs: String = trace.logs.iter().map(log).collect();
    let id = Escaped(&summary.trace_id);
    let logs = if logs.is_empty() {
        String::new()
    } else {
        format!("<h2>Warnings and errors</h2>{}", table(&["#After", "", "", ""], &logs))
    };
    let main = format!(
        "<p><a href=\"/\">all traces</a></p><p>{began} UTC, {took} \
         <code>{id}</code> <a href=\"/traces/{id}\">JSON</a></p>{steps}{logs}",
        began = clock(summary.started_at),
        took = milliseconds(summary.duration_ms),
    );
    fixed(&summary.name, &main)
}

/// The page of a trace of which nothing is known.
pub(crate) fn unknown() -> String {
    let main = "<p>Nothing is known of this trace: it is too old, or its telemetry is on its way \
                still. <a href=\"/\">All traces</a></p>";
    fixed("Unknown trace", main)
}

fn step(step: &Step, whole_ms: f64) -> String {
    // Of a trace without length every span fills it.
    let percent =
        |ms: f64| if whole_ms > 0.0 { (ms / whole_ms * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    let shared = if step.is_shared { " (batch)" } else { "" };
    format!(
        "<details class=step><summary><span class=\"name {indent}\">{badge} \
         <span class=\"{class}\">{name}</span>{shared}</span><svg class=track>\
         <rect class=\"bar {hue}\" x=\"{left:.2}%\" y=\"15%\" width=\"{width:.2}%\" \
         height=\"70%\"/></svg><span class=\"number {class}\">{result} {took}</span></summary>\
         {properties}</details>",
        indent = indent(step.depth),
        badge = badge(&step.service),
        class = if step.has_failed { "bad" } else { "" },
        name = Escaped(&step.name),
        hue = hue(&step.service),
        left = percent(step.offset_ms),
        // What took next to no time is seen too.
        width = percent(step.duration_ms).max(0.4),
        result = http_status(&step.result),
        took = milliseconds(step.duration_ms),
        properties = definitions(&step.properties),
    )
}

fn log(log: &Log) -> String {
    format!(
        "<tr class=log><td class=number>{at}</td><td>{badge}</td><td class=bad>{severity}</td>\
         <td>{message}{properties}</td></tr>",
        at = milliseconds(log.offset_ms),
        badge = badge(&log.service),
        severity = log.severity,
        message = Escaped(&log.message),
        properties = definitions(&log.properties),
    )
}

fn definitions(properties: &BTreeMap<String, String>) -> String {
    let define = |(name, value): (&String, &String)| {
        format!("<dt>{}</dt><dd>{}</dd>", Escaped(name), Escaped(value))
    };
    format!("<dl>{}</dl>", properties.iter().map(define).collect::<String>())
}

/// Others are numbers that SDKs make of success.
fn http_status(result: &str) -> Escaped<'_> {
    Escaped(if result.len() == 3 { result } else { "" })
}

fn badge(service: &str) -> String {
    format!("<span class=\"service {}\">{}</span>", hue(service), Escaped(service))
}

fn milliseconds(ms: f64) -> String {
    format!("{ms:.1} ms")
}
