//! What a handler says for an output, and what the host makes of it before it is written.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

/// .NET's reading of base64.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A value on its way to an output.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// A text that was base64.
    Bytes(Vec<u8>),
    /// Anything else.
    Json(Value),
}

/// The value is neither a document nor an array of them.
#[derive(Debug, thiserror::Error)]
#[error("an output of Cosmos DB is a JSON object, an array of them, or a text of either")]
pub(crate) struct NotDocuments;

impl Said {
    /// Takes a text that happens to be base64 for bytes, as the host does with every output whose
    /// `dataType` is not `binary`: `test` is.
    pub(crate) fn of(value: Value, keeps_text: bool) -> Self {
        if let Value::String(text) = &value
            && !keeps_text
        {
            let spaceless: String =
                text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r')).collect();
            if let Ok(bytes) = BASE64.decode(spaceless) {
                return Self::Bytes(bytes);
            }
        }
        Self::Json(value)
    }

    /// Messages or events: each element of an array is one, and so is everything else.
    pub(crate) fn into_items(self) -> Vec<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => vec![bytes],
            Self::Json(value) => match unpacked(value) {
                Value::Array(elements) => elements.iter().map(item).collect(),
                other @ (Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_)) => vec![item(&other)],
            },
        }
    }

    /// All that a blob has. A number or a flag is written as .NET has it in memory.
    pub(crate) fn into_blob(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Json(Value::String(text)) => text.into_bytes(),
            Self::Json(Value::Number(number)) => match number.as_i64() {
                Some(whole) => whole.to_le_bytes().to_vec(),
                None => number.as_f64().unwrap_or_default().to_le_bytes().to_vec(),
            },
            Self::Json(Value::Bool(flag)) => vec![u8::from(flag)],
            Self::Json(Value::Null) => Vec::new(),
            Self::Json(value @ (Value::Array(_) | Value::Object(_))) => {
                value.to_string().into_bytes()
            }
        }
    }

    /// Documents.
    pub(crate) fn into_documents(self) -> Result<Vec<Map<String, Value>>, NotDocuments> {
        let Self::Json(value) = self else { return Err(NotDocuments) };
        let all = match unpacked(value) {
            Value::Array(elements) => elements,
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_)) => vec![other],
        };
        let document = |value| match value {
            Value::Object(members) => Ok(members),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err(NotDocuments),
        };
        all.into_iter().map(document).collect()
    }
}

/// The object or the array that a text holds, or else the value as it is.
fn unpacked(value: Value) -> Value {
    if let Value::String(text) = &value
        && text.trim_start().starts_with(['{', '['])
        && let Ok(inner) = serde_json::from_str(text)
    {
        return inner;
    }
    value
}

fn item(value: &Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        // .NET's spelling of a flag.
        Value::Bool(flag) => if *flag { "True" } else { "False" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => format!("{value:#}"),
    }
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items(value: Value) -> Vec<String> {
        let items = Said::of(value, false).into_items();
        items.into_iter().map(|item| String::from_utf8(item).unwrap()).collect()
    }

    #[test]
    fn a_text_that_is_base64_is_bytes_unless_the_binding_is_binary() {
        assert_eq!(Said::of(json!("aGk="), false), Said::Bytes(b"hi".to_vec()));
        assert_eq!(Said::of(json!("a G\nk="), false), Said::Bytes(b"hi".to_vec()));
        assert_eq!(Said::of(json!("test"), false), Said::Bytes(vec![0xb5, 0xeb, 0x2d]));
        assert_eq!(Said::of(json!("test"), true), Said::Json(json!("test")));
        assert_eq!(Said::of(json!("order-1"), false), Said::Json(json!("order-1")));
    }

    #[test]
    fn each_element_of_an_array_is_an_item_and_objects_are_written_with_indents() {
        assert_eq!(
            items(json!(["a", 1, true, { "b": 2 }])),
            ["a", "1", "True", "{\n  \"b\": 2\n}"]
        );
        assert_eq!(items(json!("[\"test\",\"b\"]")), ["test", "b"]);
        assert_eq!(items(json!("{\"b\":2}")), ["{\n  \"b\": 2\n}"]);
        assert_eq!(items(json!("{not json}")), ["{not json}"]);
        // Bytes are one item, whatever they hold.
        assert_eq!(items(json!(BASE64.encode("[1]"))), ["[1]"]);
    }

    #[test]
    fn a_blob_is_the_text_the_bytes_or_compact_json() {
        let blob = |value| Said::of(value, false).into_blob();
        assert_eq!(blob(json!("a-text")), b"a-text");
        assert_eq!(blob(json!("AAE=")), [0, 1]);
        assert_eq!(blob(json!({ "a": [1] })), b"{\"a\":[1]}");
        assert_eq!(blob(json!(1)), 1_i64.to_le_bytes());
    }

    #[test]
    fn only_objects_are_documents() {
        let documents = |value| Said::of(value, false).into_documents();
        assert_eq!(documents(json!({ "id": "1" })).unwrap().len(), 1);
        assert_eq!(documents(json!("[{\"id\":\"1\"},{\"id\":\"2\"}]")).unwrap().len(), 2);
        assert!(documents(json!("a-text")).is_err());
        assert!(documents(json!([1])).is_err());
    }
}
