//! What telemetry SDKs send: the items of Application Insights' "Breeze" protocol, as one JSON
//! array or as JSON lines.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Deserializer, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::telemetry::{Item, Kind, Span, SpanReference};

/// Severities in the order of their numbers.
const SEVERITIES: [&str; 5] = ["verbose", "information", "warning", "error", "critical"];
/// The property that holds what led to a span, besides its parent.
const LINKS: &str = "_MS.links";

#[derive(Deserialize)]
struct Envelope {
    time: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    base_type: String,
    base_data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpanData {
    id: String,
    name: String,
    duration: String,
    #[serde(alias = "responseCode", default)]
    result_code: Option<String>,
    #[serde(default)]
    success: Option<bool>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(rename = "operation_Id")]
    operation_id: String,
    id: String,
}

/// The JSON documents of a body; an error if that is not what it holds.
pub(crate) fn documents(body: &[u8]) -> Result<Vec<Value>, serde_json::Error> {
    let documents: Vec<Value> =
        Deserializer::from_slice(body).into_iter().collect::<Result<_, _>>()?;
    Ok(match <[Value; 1]>::try_from(documents) {
        Ok([Value::Array(items)]) => items,
        Ok([item]) => vec![item],
        Err(items) => items,
    })
}

/// The item that a document holds; `None` for one that belongs to no trace, such as a metric.
///
/// The error says what is wrong with the document.
pub(crate) fn item(document: Value) -> Result<Option<Item>, String> {
    let envelope: Envelope = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let at = OffsetDateTime::parse(&envelope.time, &Rfc3339)
        .map_err(|error| format!("time: {error}"))?;
    let Data { base_type, base_data } = envelope.data;
    let mut properties = properties(&base_data);
    let kind = match base_type.as_str() {
        "RequestData" => span(base_data, true, properties.remove(LINKS))?,
        "RemoteDependencyData" => span(base_data, false, properties.remove(LINKS))?,
        "MessageData" => log(&base_data, &base_data["message"]),
        "ExceptionData" => log(&base_data, &base_data["exceptions"][0]["message"]),
        _ => return Ok(None),
    };
    let tag = |name| envelope.tags.get(name).filter(|value| !value.is_empty()).cloned();
    let Some(trace_id) = tag("ai.operation.id") else { return Ok(None) };
    Ok(Some(Item {
        trace_id,
        parent_id: tag("ai.operation.parentId"),
        service: tag("ai.cloud.role").unwrap_or_else(|| "unnamed".to_owned()),
        at,
        properties,
        kind,
    }))
}

fn span(base_data: Value, is_request: bool, links: Option<String>) -> Result<Kind, String> {
    let data: SpanData = serde_json::from_value(base_data).map_err(|error| error.to_string())?;
    let links: Vec<Link> = links
        .map_or_else(|| Ok(Vec::new()), |links| serde_json::from_str(&links))
        .map_err(|error| format!("{LINKS}: {error}"))?;
    let cause = |link: Link| SpanReference { trace_id: link.operation_id, span_id: link.id };
    Ok(Kind::Span(Span {
        id: data.id,
        name: data.name,
        is_request,
        duration: duration(&data.duration)
            .ok_or_else(|| format!("duration: {:?} is none", data.duration))?,
        result: data.result_code.unwrap_or_default(),
        has_failed: data.success == Some(false),
        causes: links.into_iter().map(cause).collect(),
    }))
}

fn log(base_data: &Value, message: &Value) -> Kind {
    let level = &base_data["severityLevel"];
    let severity = SEVERITIES.iter().enumerate().find(|(number, name)| {
        level.as_u64() == u64::try_from(*number).ok()
            || level.as_str().is_some_and(|level| level.eq_ignore_ascii_case(name))
    });
    Kind::Log {
        severity: severity.map_or("information", |(_, name)| name),
        message: message.as_str().unwrap_or_default().to_owned(),
    }
}

fn properties(base_data: &Value) -> BTreeMap<String, String> {
    let Some(properties) = base_data["properties"].as_object() else { return BTreeMap::new() };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    properties.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// `[days.]hours:minutes:seconds[.fraction]`
fn duration(text: &str) -> Option<Duration> {
    let mut parts = text.rsplitn(3, ':');
    let (seconds, minutes, hours) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let nanoseconds: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let number = |text: &str| text.parse::<u32>().ok().map(i64::from);
    [(days, 86_400), (hours, 3_600), (minutes, 60), (seconds, 1)]
        .into_iter()
        .try_fold(Duration::nanoseconds(nanoseconds), |sum, (text, unit)| {
            sum.checked_add(Duration::seconds(number(text)?.checked_mul(unit)?))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_and_without_days_and_fractions() {
        for (text, expected) in [
            ("0.00:00:00.001234", Duration::microseconds(1234)),
            ("00:00:01.5", Duration::milliseconds(1500)),
            ("1.02:03:04.0000007", Duration::new(93_784, 700)),
            ("00:00:05", Duration::seconds(5)),
        ] {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        for text in ["", "5", "00:05", "-1:00:00", "00:00:0x", "00:00:00.é"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn an_array_and_lines_hold_the_same_documents() {
        let expected = documents(br#"[{"a":1},{"b":2}]"#).unwrap();
        assert_eq!(expected.len(), 2);
        assert_eq!(documents(b"{\"a\":1}\n{\"b\":2}\n").unwrap(), expected);
        assert_eq!(documents(br#"{"a":1}"#).unwrap().len(), 1);
        assert!(documents(b"[").is_err());
    }
}
