//! What a request and an answer look like. An example is made of those of its fields, so there is
//! one place to write each, and none says otherwise than its schema.

use serde_json::{Map, Value, json};

/// A schema may refer to itself; deeper than this nobody reads.
const DEPTH_MAX: usize = 24;

/// Gives each JSON body of a document an example: of a request what it must have, of an answer all
/// that it has. One of whose fields has none has none either.
pub(super) fn add_examples(document: &mut Value) {
    let schemas = Schemas(document["components"]["schemas"].clone());
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.flat_map(|(_, methods)| methods.as_object_mut().into_iter().flatten());
    for (_, operation) in operations {
        if let Some(body) = operation.get_mut("requestBody") {
            schemas.illustrate(body, Which::Required);
        }
        let answers = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
            schemas.illustrate(answer, Which::All);
        }
    }
}

/// Which fields of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Required,
    All,
}

struct Schemas(Value);

impl Schemas {
    fn illustrate(&self, body: &mut Value, which: Which) {
        let contents = body.get_mut("content").and_then(Value::as_object_mut);
        for (media_type, content) in contents.into_iter().flatten() {
            let example = self.example(&content["schema"], which, 0);
            if let Some(example) = example.filter(|_| media_type.contains("json")) {
                content["example"] = example;
            }
        }
    }

    /// `None` if a field says neither by an example nor by its form what it looks like.
    fn example(&self, schema: &Value, which: Which, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        if let Some(written) = written(schema) {
            return Some(written.clone());
        }
        let part = |schema: &Value| self.example(schema, which, depth.saturating_add(1));
        if let Some(name) = schema["$ref"].as_str() {
            return part(&self.0[name.rsplit('/').next()?]);
        }
        if let Some(variants) = ["oneOf", "anyOf"].iter().find_map(|of| schema[*of].as_array()) {
            return variants.iter().filter(|one| one["type"] != "null").find_map(part);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = self.object(schema, which, depth)?;
            for one in parts {
                whole.extend(part(one)?.as_object().cloned().unwrap_or_default());
            }
            return Some(Value::Object(whole));
        }
        let types = schema["type"].as_array().map_or(&schema["type"], |types| {
            types.iter().find(|one| **one != "null").unwrap_or(&Value::Null)
        });
        match types.as_str()? {
            "object" => self.object(schema, which, depth).map(Value::Object),
            "array" => part(&schema["items"]).map(|item| json!([item])),
            "boolean" => Some(Value::Bool(false)),
            "integer" | "number" => Some(json!(schema["minimum"].as_i64().unwrap_or_default())),
            _ => None,
        }
    }

    fn object(&self, schema: &Value, which: Which, depth: usize) -> Option<Map<String, Value>> {
        let required = schema["required"].as_array();
        let is_shown = |name: &str| {
            which == Which::All || required.is_some_and(|names| names.iter().any(|one| one == name))
        };
        let fields = schema["properties"].as_object().into_iter().flatten();
        let shown = fields.filter(|(name, _)| is_shown(name));
        shown
            .map(|(name, field)| {
                let example = self.example(field, which, depth.saturating_add(1))?;
                Some((name.clone(), example))
            })
            .collect()
    }
}

/// The example that a schema has itself, or its first code.
fn written(schema: &Value) -> Option<&Value> {
    let listed = ["examples", "enum", "x-extensible-enum"];
    let first = |list: &&str| schema[*list].as_array().and_then(|list| list.first());
    schema.get("example").or_else(|| listed.iter().find_map(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(schema: &Value) -> Value {
        json!({
            "paths": {"/api/v1/things": {
                "get": {"responses": {}},
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": schema}}},
                    "responses": {
                        "201": {"content": {"application/json": {"schema": schema}}},
                        "4XX": {"content": {"application/problem+json": {"schema": schema}}},
                    },
                },
            }},
            "components": {"schemas": {
                "Money": {"type": "object", "example": {"amount": 1, "currency": "HKD"}},
                "Proof": {"oneOf": [
                    {"type": "object", "required": ["type"],
                     "properties": {"type": {"type": "string", "enum": ["device"]}}},
                    {"type": "object"},
                ]},
                "Loop": {"type": "object", "properties": {"next": {"$ref": "#/x/Loop"}}},
            }},
        })
    }

    fn examples(schema: &Value) -> [Value; 2] {
        let mut document = document(schema);
        add_examples(&mut document);
        let methods = &document["paths"]["/api/v1/things"];
        assert_eq!(methods["get"], json!({"responses": {}}));
        let post = &methods["post"];
        let refused = &post["responses"]["4XX"]["content"]["application/problem+json"];
        assert_eq!(refused.get("example"), None);
        [&post["requestBody"], &post["responses"]["201"]]
            .map(|body| body["content"]["application/json"]["example"].clone())
    }

    #[test]
    fn a_request_shows_what_it_must_have_and_an_answer_all_that_it_has() {
        let schema = json!({
            "type": "object",
            "required": ["amount", "proof", "parts"],
            "properties": {
                "amount": {"$ref": "#/components/schemas/Money"},
                "proof": {"$ref": "#/components/schemas/Proof"},
                "parts": {"type": "array", "items": {"type": "integer", "minimum": 2}},
                "note": {"oneOf": [{"type": "null"}, {"type": "string", "examples": ["x"]}]},
                "is_new": {"type": ["boolean", "null"]},
            },
        });
        let money = json!({"amount": 1, "currency": "HKD"});
        let needed = json!({"amount": money, "proof": {"type": "device"}, "parts": [2]});
        let mut all = needed.clone();
        (all["note"], all["is_new"]) = (json!("x"), json!(false));
        assert_eq!(examples(&schema), [needed, all]);
    }

    #[test]
    fn what_has_a_field_that_nobody_has_shown_has_no_example() {
        let unclear = json!({
            "type": "object",
            "properties": {"name": {"type": "string", "pattern": "^[A-Z]{7}$"}},
        });
        assert_eq!(examples(&unclear), [json!({}), Value::Null]);
        let endless = json!({"$ref": "#/components/schemas/Loop"});
        assert_eq!(examples(&endless), [json!({}), Value::Null]);
    }

    #[test]
    fn parts_that_hold_together_are_shown_as_one() {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Money"},
            {"type": "object", "properties": {"is_new": {"type": "boolean"}}},
        ]});
        let [_, answer] = examples(&schema);
        assert_eq!(answer, json!({"amount": 1, "currency": "HKD", "is_new": false}));
    }
}
