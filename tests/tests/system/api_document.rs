//! What each service's OpenAPI document promises: the operations, and how to address them.

use std::fs;
use std::path::Path;

use serde_json::Value;
use system_tests::{Addresses, Api, OverHttp};
use tokio::sync::OnceCell;

/// Where `ops/api-check`, a generator of clients and Schemathesis find the documents.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/openapi");
/// The document of all services, once [`written`].
pub(crate) const MERGED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../target/openapi/payme.json");
const FUNCTIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions");
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// One documented method of one path.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// With placeholders in braces.
    template: String,
    /// An id of the right form for each placeholder.
    examples: Vec<(String, String)>,
    pub(crate) needs_token: bool,
    /// Whether the token is of staff.
    pub(crate) is_of_staff: bool,
    /// Whether the host lets nobody in without a function key.
    pub(crate) needs_key: bool,
    /// Whether it is for programs, which sign the whole request.
    pub(crate) needs_signature: bool,
    pub(crate) takes_json: bool,
}

impl Operation {
    /// The path with an id of the right form in each place.
    pub(crate) fn path(&self) -> String {
        let fill = |path: String, (name, example): &(String, String)| {
            path.replace(&format!("{{{name}}}"), example)
        };
        self.examples.iter().fold(self.template.clone(), fill)
    }

    /// The path with the same text in each place; `None` if it has no places.
    pub(crate) fn path_with(&self, garbage: &str) -> Option<String> {
        let mut path = String::new();
        let mut rest = self.template.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            path.push_str(garbage);
            rest = after.split_once('}').unwrap().1;
        }
        path.push_str(rest);
        (path != self.template).then_some(path)
    }
}

/// Every operation of every service.
pub(crate) async fn operations(addresses: &Addresses) -> Vec<Operation> {
    let documents = documents(addresses).await;
    documents.iter().flat_map(|(_, document)| of_document(document)).collect()
}

/// The document of every service, with its path, as the front door gives it.
pub(crate) async fn documents(addresses: &Addresses) -> Vec<(String, Value)> {
    let api = Api::new(&addresses.api);
    let mut documents = Vec::new();
    for service in services() {
        let path = format!("/api/v1/{service}/openapi.json");
        let answer = api.get(&path).send().await.unwrap();
        documents.push((path, answer.expect(200)));
    }
    documents
}

/// One document of all services. What two of them name alike must be the same.
pub(crate) async fn merged(addresses: &Addresses) -> Value {
    let documents = documents(addresses).await;
    let mut merged = documents[0].1.clone();
    merged["info"]["title"] = "PayMe".into();
    for (path, document) in &documents[1..] {
        for part in ["/paths", "/components/schemas"] {
            let found = document.pointer(part).unwrap().as_object().unwrap();
            let parts = merged.pointer_mut(part).unwrap().as_object_mut().unwrap();
            for (name, value) in found {
                let known = parts.entry(name).or_insert_with(|| value.clone());
                assert_eq!(opened(known), opened(value), "{path} has another {name}");
                // Where one service takes it in a request, its documented form is the closed one.
                if is_closed(value) {
                    *known = value.clone();
                }
            }
        }
        for list in ["tags", "x-problems"] {
            let known = merged[list].as_array_mut().unwrap();
            for item in document[list].as_array().unwrap() {
                if !known.contains(item) {
                    known.push(item.clone());
                }
            }
        }
    }
    merged
}

/// Writes that document, once: tests that read the file run beside each other.
pub(crate) async fn written(addresses: &Addresses) -> &'static Value {
    static WRITTEN: OnceCell<Value> = OnceCell::const_new();
    let write = async || {
        let document = merged(addresses).await;
        fs::create_dir_all(FOLDER).unwrap();
        fs::write(MERGED, document.to_string()).unwrap();
        document
    };
    WRITTEN.get_or_init(write).await
}

fn is_closed(schema: &Value) -> bool {
    schema["additionalProperties"] == false || schema["enum"].is_array()
}

/// A schema as it stands where only answers have it.
fn opened(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("additionalProperties");
        if let Some(codes) = fields.remove("enum") {
            fields.insert("x-extensible-enum".to_owned(), codes);
        }
    }
    schema
}

/// The references in a document that lead nowhere.
pub(crate) fn dangling_references(document: &Value) -> Vec<String> {
    let mut dangling = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        if let Some(reference) = value["$ref"].as_str()
            && document.pointer(reference.trim_start_matches('#')).is_none()
        {
            dangling.push(reference.to_owned());
        }
        open.extend(value.as_object().into_iter().flat_map(|object| object.values()));
        open.extend(value.as_array().into_iter().flatten());
    }
    dangling
}

fn services() -> Vec<String> {
    let folders = fs::read_dir(Path::new(FUNCTIONS)).unwrap();
    folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn of_document(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (template, methods) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let Some(operation) = methods.get(method.to_lowercase()) else { continue };
            operations.push(Operation {
                method,
                template: template.clone(),
                examples: examples(document, operation),
                needs_token: operation.pointer("/security/0/bearer").is_some(),
                is_of_staff: is_of_staff(operation),
                needs_key: operation.pointer("/security/0/function_key").is_some(),
                needs_signature: operation.pointer("/security/0/message_signature").is_some(),
                takes_json: operation["requestBody"].is_object(),
            });
        }
    }
    operations
}

/// Of the roles that a token can have, all but a customer's are of staff.
fn is_of_staff(operation: &Value) -> bool {
    let role = operation.pointer("/security/0/bearer/0").and_then(Value::as_str);
    role.is_some_and(|role| !["consumer", "business"].contains(&role))
}

fn parameters(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten()
}

fn examples(document: &Value, operation: &Value) -> Vec<(String, String)> {
    let in_path = parameters(operation).filter(|parameter| parameter["in"] == "path");
    let example = |parameter: &Value| {
        let schema = &parameter["schema"];
        let target = schema["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
        let schema = target.and_then(|target| document.pointer(target)).unwrap_or(schema);
        let given = [&schema["examples"][0], &schema["example"], &schema["enum"][0]];
        let example = given.into_iter().find_map(Value::as_str);
        let name = parameter["name"].as_str().unwrap().to_owned();
        (name, example.unwrap_or("no-example").to_owned())
    };
    in_path.map(example).collect()
}
