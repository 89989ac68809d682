//! Messages of a queue as the host hands them to a handler.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use storage_client::Message;

use crate::envelope::Envelope;
use crate::queue_options::MessageEncoding;

/// What the handler is to be given for a message.
pub(crate) enum Reading {
    /// This.
    Envelope(Box<Envelope>),
    /// Nothing any more.
    Gone,
    /// It cannot be had at the moment.
    Failed,
    /// Nobody can read the message.
    Unreadable,
}

/// The text of a message, or nothing when it is not written in the encoding that the host expects.
pub(crate) fn decode(text: &str, encoding: MessageEncoding) -> Option<String> {
    match encoding {
        MessageEncoding::None => Some(text.to_owned()),
        MessageEncoding::Base64 => String::from_utf8(STANDARD.decode(text).ok()?).ok(),
    }
}

/// The invocation for one message with this decoded text.
pub(crate) fn envelope(input: &str, message: &Message, text: &str) -> Envelope {
    Envelope::default()
        .with_data(input, text.into())
        .with_metadata("DequeueCount", message.dequeue_count.into())
        .with_metadata_offset_date("ExpirationTime", message.expires_at)
        .with_metadata("Id", message.id.as_str().into())
        .with_metadata_offset_date("InsertionTime", message.inserted_at)
        .with_metadata_offset_date("NextVisibleTime", message.next_visible_at)
        .with_metadata("PopReceipt", message.pop_receipt.0.as_str().into())
        .with_metadata("QueueTrigger", text.into())
        .with_properties_of(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use storage_client::PopReceipt;
    use time::macros::datetime;

    use super::*;

    fn message() -> Message {
        Message {
            id: "800ae4b3".to_owned(),
            inserted_at: datetime!(2026-01-02 03:04:05.678 UTC),
            expires_at: datetime!(2026-01-09 03:04:05 UTC),
            next_visible_at: datetime!(2026-01-02 03:14:05 UTC),
            pop_receipt: PopReceipt("AgAAAA==".to_owned()),
            dequeue_count: 1,
            text: String::new(),
        }
    }

    #[test]
    fn a_message_is_the_documented_wire_sample() {
        let sample = r#"{"Data":{"item":"\"{\\\"a\\\":1,\\\"tags\\\":[\\\"x\\\"]}\""},
            "Metadata":{"DequeueCount":"1","ExpirationTime":"2026-01-09T03:04:05+00:00",
            "Id":"\"800ae4b3\"","InsertionTime":"2026-01-02T03:04:05+00:00",
            "NextVisibleTime":"2026-01-02T03:14:05+00:00","PopReceipt":"\"AgAAAA==\"",
            "a":"\"1\""}}"#;
        let sample: Value = serde_json::from_str(sample).unwrap();
        assert_eq!(json!(envelope("item", &message(), r#"{"a":1,"tags":["x"]}"#)), sample);
    }

    #[test]
    fn a_property_takes_the_place_of_a_built_in_of_the_same_name_in_any_case() {
        let envelope = json!(envelope("item", &message(), r#"{"id":"e1"}"#));
        assert_eq!(envelope["Metadata"]["Id"], json!("\"e1\""));
        assert!(envelope["Metadata"].get("id").is_none());
    }

    #[test]
    fn text_in_another_encoding_is_nothing() {
        assert_eq!(decode("5paH", MessageEncoding::Base64).as_deref(), Some("\u{6587}"));
        assert_eq!(decode("{}", MessageEncoding::Base64), None);
        assert_eq!(decode("/w==", MessageEncoding::Base64), None);
        assert_eq!(decode("{}", MessageEncoding::None).as_deref(), Some("{}"));
    }
}
