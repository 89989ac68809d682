//! The CloudEvents envelope. Source: CloudEvents 1.0.2, JSON format, distributed tracing extension.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The data of one kind of event.
pub trait Event: Serialize + DeserializeOwned {
    /// `payme.<service>.<noun>-<past verb>.v<version>`.
    const TYPE: &'static str;
}

/// What surrounds each event's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique per event; a consumer that has seen it before ignores the event.
    pub id: String,
    /// The producing service, as `/payments`.
    pub source: String,
    /// The kind: [`Event::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of what the event is about; events of one subject arrive in order.
    pub subject: String,
    /// When it happened, RFC 3339 in UTC.
    pub time: String,
    /// W3C trace context of the request that caused it; empty if the producer knows none.
    #[serde(default)]
    pub traceparent: String,
    /// The event's data, one JSON object.
    pub data: serde_json::Value,
}

impl Envelope {
    /// The data, if this envelope carries an `E`: `None` for another kind, an error for broken
    /// data.
    pub fn decode<E: Event>(&self) -> Option<Result<E, serde_json::Error>> {
        (self.kind == E::TYPE).then(|| E::deserialize(&self.data))
    }
}
