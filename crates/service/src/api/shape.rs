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
use super::json_pointer::{self, child};
use crate::problem::{FieldError, Problem};
use crate::refusals::INVALID_BODY;

/// The most fields of one body that a refusal names.
const FIELD_ERRORS_MAX: usize = 20;

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
        let refused = |error: serde_json::Error, errors| {
            Problem::from(INVALID_BODY.because(error)).at(errors)
        };
        let body: Value = serde_json::from_slice(json)
            .map_err(|error| refused(error, vec![field_error("", "invalid")]))?;
        self.0.check(&self.0.root, &body, "").map_err(|misfit| {
            let error = field_error(&misfit.pointer, "invalid");
            Problem::from(INVALID_BODY.because(misfit)).at(vec![error])
        })?;
        // From the text again, because a `Value` hides a field that appears twice.
        serde_json::from_slice(json).map_err(|error| {
            let mut errors = Vec::new();
            self.0.compare_fields(&self.0.root, &body, "", &mut errors);
            if errors.is_empty() {
                errors.push(field_error(&json_pointer::to_misread::<T>(&error, json), "invalid"));
            }
            errors.truncate(FIELD_ERRORS_MAX);
            refused(error, errors)
        })
    }
}

/// Where a body is not of its shape, and why.
#[derive(Debug, thiserror::Error)]
#[error("{} {reason}", if pointer.is_empty() { "the body" } else { pointer })]
struct Misfit {
    pointer: String,
    reason: &'static str,
}

impl Schemas {
    /// Refuses the first place whose type is another.
    fn check(&self, schema: &Value, body: &Value, pointer: &str) -> Result<(), Misfit> {
        let misfit = |reason| Misfit { pointer: pointer.to_owned(), reason };
        if let Some(schema) = self.referred(schema) {
            return self.check(schema, body, pointer);
        }
        if let Some(variants) = variants(schema) {
            if let Some(variant) = self.tagged(variants, body) {
                return self.check(variant, body, pointer);
            }
            let is_any = variants.iter().any(|variant| self.check(variant, body, pointer).is_ok());
            return is_any.then_some(()).ok_or_else(|| misfit(OTHER_TYPE));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return parts.iter().try_for_each(|part| self.check(part, body, pointer));
        }
        if !is_of_type(&schema["type"], body) {
            return Err(misfit(OTHER_TYPE));
        }
        // This also tells the variants of a union apart.
        if schema["enum"].as_array().is_some_and(|values| !values.contains(body)) {
            return Err(misfit("is none of the documented values"));
        }
        match body {
            Value::Object(fields) => fields.iter().try_for_each(|(name, field)| {
                let Some(schema) = schema["properties"].get(name) else { return Ok(()) };
                self.check(schema, field, &child(pointer, name))
            }),
            Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
                self.check(&schema["items"], item, &format!("{pointer}/{index}"))
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    /// The fields of a body of the right types that are missing or unknown. Only explains what
    /// serde has refused: it does not look into `allOf`, whose parts do not say alone which fields
    /// there are.
    fn compare_fields(
        &self,
        schema: &Value,
        body: &Value,
        pointer: &str,
        errors: &mut Vec<FieldError>,
    ) {
        if let Some(schema) = self.referred(schema) {
            return self.compare_fields(schema, body, pointer, errors);
        }
        if let Some(variants) = variants(schema) {
            let fits = |variant: &&Value| self.check(variant, body, pointer).is_ok();
            let variant = self.tagged(variants, body).or_else(|| variants.iter().find(fits));
            if let Some(variant) = variant {
                self.compare_fields(variant, body, pointer, errors);
            }
            return;
        }
        if let (Some(fields), Some(known)) = (body.as_object(), schema["properties"].as_object()) {
            let required = schema["required"].as_array().into_iter().flatten();
            for name in required.filter_map(Value::as_str) {
                if !fields.contains_key(name) {
                    errors.push(field_error(&child(pointer, name), "missing"));
                }
            }
            for (name, field) in fields {
                match known.get(name) {
                    Some(schema) => {
                        self.compare_fields(schema, field, &child(pointer, name), errors);
                    }
                    None => errors.push(field_error(&child(pointer, name), "unknown-field")),
                }
            }
        }
        for (index, item) in body.as_array().into_iter().flatten().enumerate() {
            self.compare_fields(&schema["items"], item, &format!("{pointer}/{index}"), errors);
        }
    }

    /// The schema that this one only refers to.
    fn referred(&self, schema: &Value) -> Option<&Value> {
        self.by_name.get(schema["$ref"].as_str()?.rsplit('/').next()?)
    }

    /// The variant of a tagged union whose tag the body bears.
    fn tagged<'a>(&'a self, variants: &'a [Value], body: &Value) -> Option<&'a Value> {
        variants.iter().find(|variant| {
            let properties = self.referred(variant).unwrap_or(variant)["properties"].as_object();
            properties.into_iter().flatten().any(|(name, schema)| {
                schema["enum"].as_array().is_some_and(|values| {
                    values.len() == 1 && body.get(name).is_some_and(|tag| values.contains(tag))
                })
            })
        })
    }
}

const OTHER_TYPE: &str = "is not of the documented type";

fn variants(schema: &Value) -> Option<&[Value]> {
    ["oneOf", "anyOf"].iter().find_map(|part| schema[*part].as_array()).map(Vec::as_slice)
}

fn field_error(pointer: &str, code: &'static str) -> FieldError {
    FieldError { pointer: pointer.to_owned(), code }
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
        assert_eq!(refused.errors(), [field_error("/parts/0", "invalid")]);
    }

    #[test]
    fn every_wrong_place_is_named_as_far_as_it_can_be_known() {
        let tagged =
            |rest: &str| order(MONEY, "null", "[]", &format!(r#"{{"method":"pin"{rest}}}"#));
        for (body, errors) in [
            ("{".to_owned(), vec![("", "invalid")]),
            ("[]".to_owned(), vec![("", "invalid")]),
            (
                format!(r#"{{"amount":{MONEY},"a/b~":1}}"#),
                vec![("/parts", "missing"), ("/proof", "missing"), ("/a~1b~0", "unknown-field")],
            ),
            (tagged(r#","token":1"#), vec![("/proof/token", "invalid")]),
            (tagged(""), vec![("/proof/token", "missing")]),
            (tagged(r#","token":"t","x":1"#), vec![("/proof/x", "unknown-field")]),
            (tagged("").replace("pin", "eye"), vec![("/proof", "invalid")]),
            (
                order(MONEY, "null", r#"[{"amount":1}]"#, PROOF),
                vec![("/parts/0/currency", "missing")],
            ),
            (
                order(MONEY, "null", r#"[{"amount":-1,"currency":"HKD"}]"#, PROOF),
                vec![("/parts/0", "invalid")],
            ),
            (
                order(r#"{"amount":0,"currency":"HKD"}"#, "null", "[]", PROOF),
                vec![("/amount", "invalid")],
            ),
        ] {
            let expected: Vec<FieldError> =
                errors.into_iter().map(|(pointer, code)| field_error(pointer, code)).collect();
            assert_eq!(read(&body).unwrap_err().errors(), expected, "{body}");
        }
    }
}
