//! What a webhook says: its type, when it happened, and what, in the words of our own API.

use serde::Serialize;
use time::OffsetDateTime;
use values::{Timestamp, WebhookEndpointId};

use super::webhook::{TEST_TYPE, WebhookType};

#[derive(Serialize)]
struct Payload<'a, T> {
    #[serde(rename = "type")]
    webhook_type: &'a str,
    timestamp: Timestamp,
    data: T,
}

#[derive(Serialize)]
struct Test {
    webhook_endpoint_id: WebhookEndpointId,
}

/// The text that is signed and sent, at each try the same.
pub(crate) fn payload(
    webhook_type: WebhookType,
    happened_at: OffsetDateTime,
    data: impl Serialize,
) -> Result<String, serde_json::Error> {
    let timestamp = happened_at.into();
    serde_json::to_string(&Payload { webhook_type: webhook_type.code(), timestamp, data })
}

/// That of a test message, which tells of nothing.
pub(crate) fn test_payload(
    webhook_endpoint_id: WebhookEndpointId,
    asked_at: OffsetDateTime,
) -> Result<String, serde_json::Error> {
    let (timestamp, data) = (asked_at.into(), Test { webhook_endpoint_id });
    serde_json::to_string(&Payload { webhook_type: TEST_TYPE, timestamp, data })
}
