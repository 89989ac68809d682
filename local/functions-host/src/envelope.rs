//! The JSON body of an invocation: how the host encodes values, and what it adds to each call.

use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use uuid::Uuid;

/// `Data` and `Metadata` of one invocation, already encoded.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Envelope {
    data: Map<String, Value>,
    metadata: Map<String, Value>,
    /// What the bindings of the function may name, as it was before it was encoded.
    #[serde(skip)]
    binding_data: Map<String, Value>,
}

/// Which attempt of a function with a retry policy a call is.
#[derive(Clone, Debug)]
pub(crate) struct RetryContext {
    /// Retries made so far.
    pub(crate) retry_count: u32,
    /// Retries allowed; -1 means without end.
    pub(crate) max_retry_count: i64,
    /// Why the attempt before this one failed.
    pub(crate) exception: Option<String>,
}

impl Envelope {
    /// Adds an input, encoded.
    pub(crate) fn with_data(mut self, name: &str, value: Value) -> Self {
        self.data.insert(name.to_owned(), encode(value));
        self
    }

    /// Adds an input of bytes: their base64 as it is.
    pub(crate) fn with_bytes(mut self, name: &str, base64: String) -> Self {
        self.data.insert(name.to_owned(), base64.into());
        self
    }

    /// Adds a metadata entry, encoded; the host leaves out nulls and names that end in "trigger".
    pub(crate) fn with_metadata(mut self, name: &str, value: Value) -> Self {
        self.binding_data.insert(name.to_ascii_lowercase(), value.clone());
        if !value.is_null() && !name.to_ascii_lowercase().ends_with("trigger") {
            // The host tells no upper from lower case, and keeps the name that was there first.
            let known = self.metadata.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
            self.metadata.insert(known.unwrap_or_else(|| name.to_owned()), encode(value));
        }
        self
    }

    /// Adds a metadata entry that is a date, written without fraction and zone.
    pub(crate) fn with_metadata_date(mut self, name: &str, date: OffsetDateTime) -> Self {
        const SECONDS: &[BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
        if let Ok(text) = date.format(SECONDS) {
            self.metadata.insert(name.to_owned(), text.into());
        }
        self
    }

    /// Adds a metadata entry that is a date with its zone, written without fraction.
    pub(crate) fn with_metadata_offset_date(mut self, name: &str, date: OffsetDateTime) -> Self {
        const SECONDS: &[BorrowedFormatItem<'_>] = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second]\
             [offset_hour sign:mandatory]:[offset_minute]"
        );
        if let Ok(text) = date.format(SECONDS) {
            self.metadata.insert(name.to_owned(), text.into());
        }
        self
    }

    /// Adds the top-level properties of a trigger text that is a JSON object; they override
    /// built-in entries of the same name.
    pub(crate) fn with_properties_of(self, text: &str) -> Self {
        let Ok(Value::Object(properties)) = serde_json::from_str(text) else {
            return self;
        };
        properties.into_iter().fold(self, |envelope, (name, value)| match value {
            Value::Array(_) => envelope,
            Value::Number(number) => envelope.with_metadata(&name, number.to_string().into()),
            // .NET's spelling of a flag.
            Value::Bool(flag) => {
                envelope.with_metadata(&name, if flag { "True" } else { "False" }.into())
            }
            Value::Null | Value::String(_) | Value::Object(_) => {
                envelope.with_metadata(&name, value)
            }
        })
    }

    /// What a binding expression means by this name, in any letter case.
    pub(crate) fn binding_data(&self, name: &str) -> Option<&Value> {
        self.binding_data.get(&name.to_ascii_lowercase())
    }

    /// The body of one call, with `sys` and, under a retry policy, `RetryContext`.
    pub(crate) fn body(&self, function: &str, retry: Option<&RetryContext>) -> Vec<u8> {
        let mut call = self.clone();
        let sys = json!({
            "MethodName": function,
            "UtcNow": utc_text(OffsetDateTime::now_utc()),
            "RandGuid": Uuid::new_v4(),
        });
        call.metadata.insert("sys".to_owned(), sys);
        if let Some(retry) = retry {
            let exception = retry.exception.as_ref().map(|message| json!({ "Message": message }));
            let context = json!({
                "RetryCount": retry.retry_count,
                "MaxRetryCount": retry.max_retry_count,
                "Exception": exception,
                "Instance": null,
                "State": null,
            });
            call.metadata.insert("RetryContext".to_owned(), context);
        }
        json!(call).to_string().into_bytes()
    }
}

/// The host's encoding of one value: objects stay inline, everything else becomes a JSON string
/// that holds its JSON text.
fn encode(value: Value) -> Value {
    match value {
        Value::Object(_) => value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Value::String(value.to_string())
        }
    }
}

/// A .NET date inside a JSON array: up to seven digits of fraction, none when it is zero, no zone.
pub(crate) fn date_text(date: SystemTime) -> String {
    const FRACTION: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]");
    let text = OffsetDateTime::from(date).format(FRACTION).unwrap_or_default();
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A .NET UTC date: as [`date_text`] with `Z`.
fn utc_text(date: OffsetDateTime) -> String {
    format!("{}Z", date_text(date.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_an_object_travels_as_text_of_json() {
        assert_eq!(encode(json!("hello")), json!("\"hello\""));
        assert_eq!(encode(json!("{\"a\":1}")), json!("\"{\\\"a\\\":1}\""));
        assert_eq!(encode(json!(1)), json!("1"));
        assert_eq!(encode(json!([null, "k"])), json!("[null,\"k\"]"));
        assert_eq!(encode(json!(null)), json!("null"));
        assert_eq!(encode(json!({"a": 1})), json!({"a": 1}));
    }

    #[test]
    fn properties_of_a_json_message_become_metadata_and_override_built_ins() {
        let envelope = Envelope::default()
            .with_metadata("Id", json!("800ae4b3"))
            .with_properties_of(r#"{"Id":42,"on":true,"o":{"x":1},"list":[1],"none":null}"#);
        let expected = json!({"Id": "\"42\"", "on": "\"True\"", "o": {"x": 1}});
        assert_eq!(Value::Object(envelope.metadata), expected);
    }

    #[test]
    fn entries_named_after_a_trigger_never_arrive() {
        let envelope = Envelope::default().with_metadata("QueueTrigger", json!("text"));
        assert_eq!(json!(envelope), json!(Envelope::default()));
        assert_eq!(envelope.binding_data("queueTrigger"), Some(&json!("text")));
    }

    #[test]
    fn a_call_under_a_retry_policy_tells_its_attempt_in_real_numbers() {
        let retry = RetryContext { retry_count: 0, max_retry_count: -1, exception: None };
        let body = Envelope::default().body("f", Some(&retry));
        let body: Value = serde_json::from_slice(&body).unwrap();
        let context = &body["Metadata"]["RetryContext"];
        assert_eq!(context["RetryCount"], json!(0));
        assert_eq!(context["MaxRetryCount"], json!(-1));
        assert!(context["Exception"].is_null());
        assert_eq!(body["Metadata"]["sys"]["MethodName"], json!("f"));
    }
}
