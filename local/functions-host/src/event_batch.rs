//! Events of a hub as the host hands them to a handler: a batch or one by one, as text, as base64
//! or parsed.

use std::collections::BTreeMap;
use std::time::SystemTime;

use azure_messaging_eventhubs::models::{AmqpSimpleValue, AmqpValue, ReceivedEventData};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::envelope::{Envelope, date_text};
use crate::triggers::{DataType, EventHubTrigger};

/// One event, with what the host tells about it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    body: Vec<u8>,
    /// Position in the partition.
    pub(crate) sequence_number: i64,
    offset: String,
    partition_key: Option<String>,
    enqueued: SystemTime,
    properties: BTreeMap<String, Value>,
    annotations: BTreeMap<String, Value>,
}

/// An event that the broker sent without a sequence number.
#[derive(Debug, thiserror::Error)]
#[error("the broker sent an event without sequence number")]
pub(crate) struct Unnumbered;

/// The field order is the host's: the array of these travels as text.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SystemProperties<'a> {
    sequence_number: i64,
    offset: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_key: Option<&'a str>,
    enqueued_time_utc: String,
    #[serde(flatten)]
    annotations: &'a BTreeMap<String, Value>,
}

impl TryFrom<&ReceivedEventData> for Event {
    type Error = Unnumbered;

    fn try_from(received: &ReceivedEventData) -> Result<Self, Unnumbered> {
        let event = received.event_data();
        let properties = event.properties().into_iter().flatten();
        let annotations = received.system_properties().iter();
        Ok(Self {
            body: event.body().unwrap_or_default().to_vec(),
            sequence_number: received.sequence_number().ok_or(Unnumbered)?,
            offset: received.offset().clone().unwrap_or_default(),
            partition_key: received.partition_key().clone(),
            enqueued: received.enqueued_time().unwrap_or(SystemTime::UNIX_EPOCH),
            properties: properties.map(|(name, value)| (name.clone(), property(value))).collect(),
            annotations: annotations
                .map(|(name, value)| (name.clone(), annotation(value)))
                .collect(),
        })
    }
}

/// An event that a function wants parsed, and that is no JSON. The host fails the invocation before
/// the handler hears of it.
#[derive(Debug, thiserror::Error)]
#[error("an event is no JSON; a function.json with \"dataType\": \"string\" takes any text")]
pub(crate) struct NotJson(#[source] serde_json::Error);

impl Event {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn base64(&self) -> String {
        STANDARD.encode(&self.body)
    }

    fn system_properties(&self) -> SystemProperties<'_> {
        let number = self.offset.parse::<i64>().map(Value::from);
        SystemProperties {
            sequence_number: self.sequence_number,
            offset: number.unwrap_or_else(|_| self.offset.clone().into()),
            partition_key: self.partition_key.as_deref(),
            enqueued_time_utc: date_text(self.enqueued),
            annotations: &self.annotations,
        }
    }
}

/// The invocation for one event (`cardinality: one`).
pub(crate) fn single(trigger: &EventHubTrigger, partition: &str, event: &Event) -> Envelope {
    let text = event.text();
    let data = Envelope::default();
    let data = match trigger.data_type {
        Some(DataType::Binary) => data.with_bytes(&trigger.input, event.base64()),
        // Only of a text are there properties.
        None | Some(DataType::String) => data.with_data(&trigger.input, text.as_str().into()),
    };
    let envelope = data
        .with_metadata("PartitionContext", partition_context(trigger, partition))
        .with_metadata("PartitionKey", json!(event.partition_key))
        .with_metadata("Offset", event.offset.as_str().into())
        .with_metadata("SequenceNumber", event.sequence_number.into())
        .with_metadata_date("EnqueuedTimeUtc", OffsetDateTime::from(event.enqueued))
        .with_metadata("Properties", json!(event.properties))
        .with_metadata("SystemProperties", json!(event.system_properties()));
    match trigger.data_type {
        Some(DataType::Binary) => envelope,
        None | Some(DataType::String) => envelope.with_properties_of(&text),
    }
}

/// The invocation for a batch (`cardinality: many`).
///
/// # Errors
/// `NotJson` where the function wants events parsed.
pub(crate) fn batch(
    trigger: &EventHubTrigger,
    partition: &str,
    events: &[Event],
) -> Result<Envelope, NotJson> {
    let data = |event: &Event| match trigger.data_type {
        Some(DataType::String) => Ok(event.text().into()),
        Some(DataType::Binary) => Ok(event.base64().into()),
        None => serde_json::from_slice(&event.body).map_err(NotJson),
    };
    let data = events.iter().map(data).collect::<Result<Vec<Value>, _>>()?;
    let keys: Vec<_> = events.iter().map(|event| &event.partition_key).collect();
    let offsets: Vec<_> = events.iter().map(|event| event.offset.as_str()).collect();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence_number).collect();
    let dates: Vec<_> = events.iter().map(|event| date_text(event.enqueued)).collect();
    let properties: Vec<_> = events.iter().map(|event| &event.properties).collect();
    let system: Vec<_> = events.iter().map(Event::system_properties).collect();
    Ok(Envelope::default()
        .with_data(&trigger.input, data.into())
        .with_metadata("PartitionContext", partition_context(trigger, partition))
        .with_metadata("PartitionKeyArray", json!(keys))
        .with_metadata("OffsetArray", json!(offsets))
        .with_metadata("SequenceNumberArray", json!(numbers))
        .with_metadata("EnqueuedTimeUtcArray", json!(dates))
        .with_metadata("PropertiesArray", json!(properties))
        .with_metadata("SystemPropertiesArray", json!(system)))
}

fn partition_context(trigger: &EventHubTrigger, partition: &str) -> Value {
    json!({
        "FullyQualifiedNamespace": trigger.namespace,
        "EventHubName": trigger.hub,
        "ConsumerGroup": trigger.consumer_group,
        "PartitionId": partition,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "applications send text, flags and numbers; any rarer type is shown as text"
)]
fn property(value: &AmqpSimpleValue) -> Value {
    match value {
        AmqpSimpleValue::Null => Value::Null,
        AmqpSimpleValue::Boolean(flag) => (*flag).into(),
        AmqpSimpleValue::Int(number) => (*number).into(),
        AmqpSimpleValue::UInt(number) => (*number).into(),
        AmqpSimpleValue::Long(number) => (*number).into(),
        AmqpSimpleValue::ULong(number) => (*number).into(),
        AmqpSimpleValue::Double(number) => (*number).into(),
        AmqpSimpleValue::String(text) => text.as_str().into(),
        AmqpSimpleValue::Symbol(symbol) => symbol.0.as_str().into(),
        AmqpSimpleValue::Uuid(uuid) => uuid.to_string().into(),
        AmqpSimpleValue::TimeStamp(date) => date.0.map(date_text).into(),
        other => format!("{other:?}").into(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "brokers annotate with text, numbers and dates; any rarer type is shown as text"
)]
fn annotation(value: &AmqpValue) -> Value {
    match value {
        AmqpValue::Null => Value::Null,
        AmqpValue::Boolean(flag) => (*flag).into(),
        AmqpValue::Int(number) => (*number).into(),
        AmqpValue::Long(number) => (*number).into(),
        AmqpValue::String(text) => text.as_str().into(),
        AmqpValue::Symbol(symbol) => symbol.0.as_str().into(),
        AmqpValue::TimeStamp(date) => date.0.map(date_text).into(),
        other => format!("{other:?}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection_identity::ConnectionIdentity;
    use crate::triggers::Cardinality;

    fn trigger() -> EventHubTrigger {
        EventHubTrigger {
            input: "events".to_owned(),
            hub: "h".to_owned(),
            consumer_group: "$Default".to_owned(),
            namespace: "ns.servicebus.windows.net".to_owned(),
            identity: ConnectionIdentity::default(),
            cardinality: Cardinality::Many,
            data_type: Some(DataType::String),
        }
    }

    fn event(text: &str, number: i64, offset: &str, enqueued: &str) -> Event {
        use time::format_description::well_known::Rfc3339;
        Event {
            body: text.as_bytes().to_vec(),
            sequence_number: number,
            offset: offset.to_owned(),
            partition_key: None,
            enqueued: OffsetDateTime::parse(enqueued, &Rfc3339).unwrap().into(),
            properties: BTreeMap::new(),
            annotations: BTreeMap::new(),
        }
    }

    #[test]
    fn a_batch_is_the_documented_wire_sample() {
        let mut first = event("{\"a\":1}", 12, "0", "2026-01-02T03:04:05.123Z");
        first.properties = [("k".to_owned(), json!("v"))].into();
        let mut second = event("plain", 13, "120", "2026-01-02T03:04:05.2Z");
        second.partition_key = Some("k".to_owned());
        let envelope = json!(batch(&trigger(), "0", &[first, second]).unwrap());
        // The sample leaves the key and the time out of the system properties; the host's source
        // puts them in.
        let sample = r#"{"Data":{"events":"[\"{\\\"a\\\":1}\",\"plain\"]"},"Metadata":{
            "PartitionContext":{"FullyQualifiedNamespace":"ns.servicebus.windows.net",
                "EventHubName":"h","ConsumerGroup":"$Default","PartitionId":"0"},
            "PartitionKeyArray":"[null,\"k\"]","OffsetArray":"[\"0\",\"120\"]",
            "SequenceNumberArray":"[12,13]",
            "EnqueuedTimeUtcArray":"[\"2026-01-02T03:04:05.123\",\"2026-01-02T03:04:05.2\"]",
            "PropertiesArray":"[{\"k\":\"v\"},{}]"}}"#;
        let mut sample: Value = serde_json::from_str(sample).unwrap();
        let system = &envelope["Metadata"]["SystemPropertiesArray"];
        sample["Metadata"]["SystemPropertiesArray"] = system.clone();
        assert_eq!(envelope, sample);
        let system: Value = serde_json::from_str(system.as_str().unwrap()).unwrap();
        assert_eq!(system[1]["SequenceNumber"], json!(13));
        assert_eq!(system[1]["Offset"], json!(120));
        assert_eq!(system[1]["PartitionKey"], json!("k"));
    }

    #[test]
    fn one_event_tells_its_properties_and_those_of_its_json_body() {
        let event = event("{\"a\":1}", 12, "0", "2026-01-02T03:04:05.123Z");
        let envelope = json!(single(&trigger(), "0", &event));
        assert_eq!(envelope["Data"]["events"], json!("\"{\\\"a\\\":1}\""));
        let metadata = &envelope["Metadata"];
        assert_eq!(metadata["SequenceNumber"], json!("12"));
        assert_eq!(metadata["Offset"], json!("\"0\""));
        assert_eq!(metadata["EnqueuedTimeUtc"], json!("2026-01-02T03:04:05"));
        assert_eq!(metadata["a"], json!("\"1\""));
        assert_eq!(metadata["Properties"], json!({}));
        assert!(metadata.get("PartitionKey").is_none());
    }

    #[test]
    fn events_are_handed_over_as_the_function_wants_them() {
        let of = |data_type| EventHubTrigger { data_type, ..trigger() };
        let events = ["{\"a\":1}", "[2]"].map(|text| event(text, 1, "0", "2026-01-02T03:04:05Z"));
        for (data_type, many, one) in [
            (None, r#"[{"a":1},[2]]"#, r#""{\"a\":1}""#),
            (Some(DataType::String), r#"["{\"a\":1}","[2]"]"#, r#""{\"a\":1}""#),
            (Some(DataType::Binary), r#"["eyJhIjoxfQ==","WzJd"]"#, "eyJhIjoxfQ=="),
        ] {
            let together = json!(batch(&of(data_type), "0", &events).unwrap());
            assert_eq!(together["Data"]["events"], json!(many));
            let alone = json!(single(&of(data_type), "0", &events[0]));
            assert_eq!(alone["Data"]["events"], json!(one));
            let has_properties = alone["Metadata"].get("a").is_some();
            assert_eq!(has_properties, data_type != Some(DataType::Binary));
        }
        let plain = event("plain", 2, "0", "2026-01-02T03:04:05Z");
        assert!(batch(&of(None), "0", &[plain]).is_err());
    }
}
