//! A body has the documented shape, at every depth.
//!
//! Serde's derives also read structs from arrays and unit variants from maps: `[10000, "HKD"]`
//! would be money. The document says objects, so a body is held against its schema before it is
//! read. A stricter deserializer would not do: a tagged enum buffers its content, and the wrapper
//! never sees it.

use std::collections::HashMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::document::value;
use crate::problem::Problem;

/// The shape of one type's JSON. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shape(Arc<Schemas>);

struct Schemas {
    root: Value,
    by_name: HashMap<String, Value>,
}

impl Shape {
    /// The shape that the document gives for a `T`.
    pub(crate) fn of<T: ToSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let by_name = named.into_iter().map(|(name, schema)| (name, value(&schema))).collect();
        Self(Arc::new(Schemas { root: value(&T::schema()), by_name }))
    }

    /// A `T` from JSON of this shape; 400 for any other text.
    pub(crate) fn read<T: DeserializeOwned>(&self, json: &[u8]) -> Result<T, Problem> {
        let invalid = |detail: String| Problem::bad_request("invalid-body", detail);
        let body: Value =
            serde_json::from_slice(json).map_err(|error| invalid(error.to_string()))?;
        self.0.check(&self.0.root, &body, "").map_err(invalid)?;
        // From the text again, because a `Value` hides a field that appears twice.
        serde_json::from_slice(json).map_err(|error| invalid(error.to_string()))
    }
}

impl Schemas {
    /// Refuses with a sentence that says where (a JSON pointer) the type is another.
    fn check(&self, schema: &Value, body: &Value, pointer: &str) -> Result<(), String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            return self
                .by_name
                .get(name)
                .map_or(Ok(()), |schema| self.check(schema, body, pointer));
        }
        for part in ["oneOf", "anyOf"] {
            if let Some(variants) = schema[part].as_array() {
                let fits = |variant| self.check(variant, body, pointer).is_ok();
                let is_any = variants.iter().any(fits);
                return is_any.then_some(()).ok_or_else(|| other_type(pointer));
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().try_for_each(|part| self.check(part, body, pointer));
        }
        if !is_of_type(&schema["type"], body) {
            return Err(other_type(pointer));
        }
        // This also tells the variants of a union apart.
        if schema["enum"].as_array().is_some_and(|values| !values.contains(body)) {
            return Err(format!("{} is none of the documented values", place(pointer)));
        }
        match body {
            Value::Object(fields) => fields.iter().try_for_each(|(name, field)| {
                let Some(schema) = schema["properties"].get(name) else { return Ok(()) };
                self.check(schema, field, &format!("{pointer}/{name}"))
            }),
            Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                self.check(&schema["items"], item, &format!("{pointer}/{index}"))
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }
}

fn other_type(pointer: &str) -> String {
    format!("{} is not of the documented type", place(pointer))
}

const fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "the body" } else { pointer }
}

/// `types` is a name, a list of names, or absent if any type will do.
fn is_of_type(types: &Value, body: &Value) -> bool {
    let is_named = |name: &Value| match body {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Number(_) => name == "integer" || name == "number",
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    };
    match types.as_array() {
        Some(names) => names.iter().any(is_named),
        None => types.is_null() || is_named(types),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use values::Money;

    use super::*;

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form matters")]
    struct Order {
        amount: Money,
        note: Option<String>,
        parts: Vec<Money>,
        proof: Proof,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(tag = "method", rename_all = "lowercase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form matters")]
    enum Proof {
        Device { signature: String, over: Money },
        Pin { token: String },
    }

    const MONEY: &str = r#"{"amount":10000,"currency":"HKD"}"#;
    const PROOF: &str = r#"{"method":"pin","token":"t"}"#;

    fn order(amount: &str, note: &str, parts: &str, proof: &str) -> String {
        format!(r#"{{"amount":{amount},"note":{note},"parts":{parts},"proof":{proof}}}"#)
    }

    fn read(body: &str) -> Result<Order, Problem> {
        Shape::of::<Order>().read(body.as_bytes())
    }

    #[test]
    fn a_body_of_the_documented_shape_is_read() {
        let device = format!(r#"{{"method":"device","signature":"s","over":{MONEY}}}"#);
        for body in [
            order(MONEY, "null", "[]", PROOF),
            order(MONEY, "\"x\"", &format!("[{MONEY},{MONEY}]"), &device),
        ] {
            assert!(read(&body).is_ok(), "{body}");
        }
    }

    #[test]
    fn arrays_and_maps_in_place_of_objects_and_codes_are_refused_at_every_depth() {
        let array = r#"[10000,"HKD"]"#;
        let map = r#"{"amount":10000,"currency":{"HKD":null}}"#;
        let deep = format!(r#"{{"method":"device","signature":"s","over":{array}}}"#);
        for body in [
            format!("[{MONEY},null,[],{PROOF}]"),
            format!("[[10000,\"HKD\"],null,[],{PROOF}]"),
            order(array, "null", "[]", PROOF),
            order(map, "null", "[]", PROOF),
            order(MONEY, "null", &format!("[{MONEY},{array}]"), PROOF),
            order(MONEY, "null", "{}", PROOF),
            order(MONEY, "null", "[]", r#"["pin","t"]"#),
            order(MONEY, "null", "[]", r#"{"pin":{"token":"t"}}"#),
            order(MONEY, "null", "[]", &deep),
            order(MONEY, "[\"x\"]", "[]", PROOF),
            order("10000", "null", "[]", PROOF),
            order(MONEY, "null", "[]", PROOF).replacen('{', r#"{"note":null,"#, 1),
            order(MONEY, "null", "[]", PROOF).replacen('{', r#"{"surprise":1,"#, 1),
            "null".to_owned(),
            String::new(),
        ] {
            assert!(read(&body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_refusal_says_where() {
        let refused = read(&order(MONEY, "null", "[1]", PROOF)).unwrap_err();
        assert_eq!(refused.detail(), "/parts/0 is not of the documented type");
    }
}
