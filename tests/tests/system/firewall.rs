//! The firewall's rules look for statements and scripts, which a fair sentence may look like: they
//! are kept from every text that people write. `ops/firewall-check` judges the rest.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Map, Value, json};

use crate::api_document::merged;
use crate::test_platform::shared;

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../bicep/modules/waf_policy.bicep");

/// What a pattern has that leaves a text free: all that can be typed in Latin letters.
const ANYTHING: &str = "[ -~]";
/// Texts that programs write, each in an alphabet of its own.
const MACHINE_MADE: [&str; 13] = [
    "aliases_blob_name",
    "approval_secret",
    "blob_name",
    "crv",
    "cursor",
    "entra_token",
    "kty",
    "proposal_secret",
    "refresh_token",
    "signature",
    "token",
    "x",
    "y",
];

#[tokio::test]
async fn the_firewall_reads_nothing_into_what_people_write() {
    let document = merged(&*shared().await).await;
    let policy = fs::read_to_string(POLICY).unwrap();
    let texts = Texts::of(&document);
    assert_eq!(texts.in_json, list(&policy, "freeTexts"), "request bodies | {POLICY}");
    assert_eq!(texts.in_query, list(&policy, "freeQueries"), "parameters | {POLICY}");
}

/// The names in a list of the policy.
fn list(policy: &str, name: &str) -> BTreeSet<String> {
    let (_, list) = policy.split_once(&format!("var {name} = [")).unwrap();
    let (list, _) = list.split_once(']').unwrap();
    list.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What people write as they like: by the names on the way to it in JSON, without the places in
/// lists, and by the name of a parameter.
#[derive(Default)]
struct Texts {
    in_json: BTreeSet<String>,
    in_query: BTreeSet<String>,
}

impl Texts {
    fn of(document: &Value) -> Self {
        let mut texts = Self::default();
        let operations = members(&document["paths"]).flat_map(|(_, path)| members(path));
        for (_, operation) in operations {
            for (_, content) in members(&operation["requestBody"]["content"]) {
                collect(document, &content["schema"], "", &mut texts.in_json);
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = resolved(document, parameter);
                if parameter["in"] == "query" {
                    let name = parameter["name"].as_str().unwrap();
                    collect(document, &parameter["schema"], name, &mut texts.in_query);
                }
            }
        }
        texts
    }
}

fn collect(document: &Value, schema: &Value, place: &str, texts: &mut BTreeSet<String>) {
    let schema = resolved(document, schema);
    for (name, property) in members(&schema["properties"]) {
        let inside = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        collect(document, property, &inside, texts);
    }
    collect_parts(document, schema, place, texts);
    let name = place.rsplit('.').next().unwrap();
    let is_bound = ["enum", "const", "format"].iter().any(|bound| schema.get(bound).is_some())
        || schema["pattern"].as_str().is_some_and(|pattern| !pattern.contains(ANYTHING));
    let is_text = schema["type"] == "string"
        || schema["type"].as_array().is_some_and(|types| types.contains(&json!("string")));
    if is_text && !is_bound && !MACHINE_MADE.contains(&name) {
        texts.insert(place.to_owned());
    }
}

fn collect_parts(document: &Value, schema: &Value, place: &str, texts: &mut BTreeSet<String>) {
    let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|of| schema[of].as_array());
    for part in parts.flatten().chain(schema.get("items")) {
        collect(document, part, place, texts);
    }
}

/// What a reference leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[test]
fn a_text_is_found_in_lists_and_parts_and_a_bound_one_is_none() {
    let text = json!({"type": ["string", "null"], "maxLength": 9});
    let owner = json!({"properties": {"name": text, "id": {"type": "string", "pattern": "^x$"}}});
    let body = json!({"properties": {
        "owners": {"items": {"$ref": "#/components/schemas/Owner"}},
        "note": {"anyOf": [{"type": "null"}, text]},
        "name_latin": {"type": "string", "pattern": "^[ -~]+$"},
        "token": text,
    }});
    let search = json!({"in": "query", "name": "q", "schema": text});
    let document = json!({
        "components": {"schemas": {"Owner": owner}},
        "paths": {"/a": {"post": {
            "parameters": [search],
            "requestBody": {"content": {"application/json": {"schema": body}}},
        }}},
    });
    let texts = Texts::of(&document);
    assert_eq!(texts.in_json, ["name_latin", "note", "owners.name"].map(str::to_owned).into());
    assert_eq!(texts.in_query, ["q".to_owned()].into());
}
