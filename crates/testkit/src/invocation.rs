//! Trigger invocations in the form in which the Functions host posts them.

use events::payments::{MoneyMovedV1, SideV1};
use events::{Envelope, Event};
use serde_json::json;
use uuid::Uuid;

/// An event, as its producer would publish it.
pub fn event<E: Event>(subject: &str, data: &E) -> Envelope {
    Envelope {
        specversion: "1.0".to_owned(),
        id: Uuid::now_v7().to_string(),
        source: "/test".to_owned(),
        kind: E::TYPE.to_owned(),
        subject: subject.to_owned(),
        time: "2026-11-23T04:05:06Z".to_owned(),
        traceparent: service::trace::TraceContext::root().to_string(),
        data: serde_json::to_value(data).expect("JSON"),
    }
}

/// A movement of so many minor units, of which nothing else is told: the rest is for the test to
/// fill in.
pub fn money_moved(
    kind: &str,
    operation_id: &str,
    [from, to]: [SideV1; 2],
    amount: i64,
) -> MoneyMovedV1 {
    MoneyMovedV1 {
        kind: kind.to_owned(),
        operation_id: operation_id.to_owned(),
        from,
        to,
        amount,
        currency: "HKD".to_owned(),
        payment_request_id: None,
        refunded_payment_id: None,
        money_request_id: None,
        reference: None,
        note: None,
        pay_link_id: None,
        red_packet_id: None,
        fee: 0,
        tip: None,
        visibility: None,
        sticker: None,
        moved_at: "2026-11-23T04:05:06Z".to_owned(),
    }
}

/// The body of an Event Hubs invocation that brings events.
pub fn invocation(events: &[Envelope]) -> String {
    let texts: Vec<String> =
        events.iter().map(|event| serde_json::to_string(event).expect("JSON")).collect();
    batch(&texts)
}

/// The body of an Event Hubs invocation (cardinality many, dataType string): a JSON string that
/// holds a JSON array of strings.
pub(crate) fn batch(texts: &[String]) -> String {
    let batch = serde_json::to_string(texts).expect("JSON");
    json!({"Data": {"events": batch}, "Metadata": {"sys": {}}}).to_string()
}
