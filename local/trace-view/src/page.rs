//! The pages: a list of traces, and one trace as a waterfall of its spans.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use time::OffsetDateTime;

use crate::trace::{Log, Step, Summary, Trace};

const CSS: &str = include_str!("page.css");
/// How far a step stands to the right of the one that led to it.
const INDENT_REM: f64 = 1.2;

/// Text of others: whatever HTML would read is written so that it does not.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The page of all traces.
pub(crate) fn list(traces: &[Summary]) -> String {
    let rows: String = traces.iter().map(row).collect();
    let empty = "<p>Nothing has been traced yet. Call the API, and reload this page.</p>";
    let table = format!(
        "<table><thead><tr><th>Began (UTC)</th><th>Trace</th><th>Services</th>\
         <th class=number>Spans</th><th class=number>Time</th><th></th></tr></thead>\
         <tbody>{rows}</tbody></table>"
    );
    document("Traces", if traces.is_empty() { empty } else { &table })
}

fn row(trace: &Summary) -> String {
    let services: String = trace.services.iter().map(|service| badge(service) + " ").collect();
    format!(
        "<tr><td>{began}</td><td><a href=\"/waterfalls/{id}\">{name}</a></td><td>{services}</td>\
         <td class=number>{spans}</td><td class=number>{took}</td><td class=bad>{failed}</td></tr>",
        began = clock(trace.started_at),
        id = Escaped(&trace.trace_id),
        name = Escaped(&trace.name),
        spans = trace.spans,
        took = milliseconds(trace.duration_ms),
        failed = if trace.has_failed { "failed" } else { "" },
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
        format!("<h2>Warnings and errors</h2><table><tbody>{logs}</tbody></table>")
    };
    let body = format!(
        "<p><a href=\"/\">all traces</a></p><p>{began} UTC, {took} \
         <code>{id}</code> <a href=\"/traces/{id}\">JSON</a></p>{steps}{logs}",
        began = clock(summary.started_at),
        took = milliseconds(summary.duration_ms),
    );
    document(&summary.name, &body)
}

/// The page of a trace of which nothing is known.
pub(crate) fn unknown() -> String {
    let body = "<p>Nothing is known of this trace: it is too old, or its telemetry is on its way \
                still. <a href=\"/\">All traces</a></p>";
    document("Unknown trace", body)
}

fn step(step: &Step, whole_ms: f64) -> String {
    // Of a trace without length every span fills it.
    let percent =
        |ms: f64| if whole_ms > 0.0 { (ms / whole_ms * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    let indent = INDENT_REM * f64::from(u32::try_from(step.depth).unwrap_or(u32::MAX));
    let shared = if step.is_shared { " (batch)" } else { "" };
    // Others are numbers that SDKs make of success.
    let is_http_status = step.result.len() == 3;
    format!(
        "<details class=step><summary><span class=name style=\"padding-left:{indent:.1}rem\">\
         {badge} <span class=\"{class}\">{name}</span>{shared}</span>\
         <span class=track><span class=bar style=\"left:{left:.2}%;width:{width:.2}%;\
         background:{color}\"></span></span>\
         <span class=\"number {class}\">{result} {took}</span></summary>{properties}</details>",
        badge = badge(&step.service),
        class = if step.has_failed { "bad" } else { "" },
        name = Escaped(&step.name),
        left = percent(step.offset_ms),
        width = percent(step.duration_ms),
        color = color(&step.service),
        result = Escaped(if is_http_status { &step.result } else { "" }),
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

fn badge(service: &str) -> String {
    let (color, name) = (color(service), Escaped(service));
    format!("<span class=service style=\"background:{color}\">{name}</span>")
}

/// The same for a service on every page.
fn color(service: &str) -> String {
    let mix = |hue: u16, byte| hue.wrapping_mul(33).wrapping_add(u16::from(byte));
    let hue = service.bytes().fold(0, mix);
    format!("hsl({} 55% 42%)", hue % 360)
}

fn milliseconds(ms: f64) -> String {
    format!("{ms:.1} ms")
}

fn clock(at: OffsetDateTime) -> String {
    let (hour, minute, second, millisecond) = at.time().as_hms_milli();
    format!("{hour:02}:{minute:02}:{second:02}.{millisecond:03}")
}

fn document(title: &str, body: &str) -> String {
    let title = Escaped(title);
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>\
         <style>{CSS}</style></head><body><h1>{title}</h1>{body}</body></html>"
    )
}
