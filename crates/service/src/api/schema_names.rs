//! What schemas are called in the document of an API.

use std::collections::BTreeSet;

use serde_json::Value;

/// Where references to them lead.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// Clients know a `Wallet`: that ours is called the body of one is our affair. Where something else
/// has that name already it stays as it is, which the conventions of the API object to.
pub(super) fn rename_bodies(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut)
    else {
        return;
    };
    let taken: BTreeSet<String> = schemas.keys().cloned().collect();
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (free_noun(&name, &taken).to_owned(), schema))
        .collect();
    rename_references(document, &taken);
}

fn free_noun<'a>(name: &'a str, taken: &BTreeSet<String>) -> &'a str {
    Some(noun(name)).filter(|noun| !taken.contains(*noun)).unwrap_or(name)
}

fn rename_references(value: &mut Value, taken: &BTreeSet<String>) {
    if let Some(Value::String(reference)) = value.get_mut("$ref")
        && let Some(name) = reference.strip_prefix(SCHEMAS)
    {
        *reference = format!("{SCHEMAS}{}", free_noun(name, taken));
    }
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| rename_references(field, taken));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_references(item, taken)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A schema's name without what marks it as an answer in the code.
pub(super) fn noun(name: &str) -> &str {
    name.strip_suffix("Body").unwrap_or(name)
}
