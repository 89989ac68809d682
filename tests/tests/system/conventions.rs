//! Every operation and schema keeps the conventions of `docs/api.md`, so that six services read as
//! one API and the next one cannot disagree unseen.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::api_document::{documents, merged};
use crate::test_platform::shared;

/// Words for which the API has another one.
const OTHER_WORDS: [&str; 8] =
    ["kind", "method", "nonce", "scope", "at", "next", "entries", "merchant_id"];
/// Fields that hold money.
const MONEY: [&str; 6] = ["amount", "available", "balance", "credits", "debits", "fee"];
/// Codes that a standard gives, in its own spelling.
/// Those of banks are of ISO 20022, those of uploads are media types.
const STANDARD_CODES: [&str; 5] =
    ["BankReason", "BankStatus", "ContentType", "Currency", "Language"];

/// What the walk over a document finds wrong.
struct Walk<'a> {
    document: &'a Value,
    found: Vec<String>,
}

fn disagreements(document: &Value) -> Vec<String> {
    let mut walk = Walk { document, found: Vec::new() };
    walk.operations();
    for (name, schema) in object(&document["components"]["schemas"]) {
        // Two things of one name: what a use case answers, and a value or a domain's type.
        walk.check(!name.ends_with("Body"), name, "a schema's name is its own");
        walk.schema(name, schema);
    }
    walk.found
}

impl<'a> Walk<'a> {
    fn check(&mut self, holds: bool, place: &str, rule: &str) {
        if !holds {
            self.found.push(format!("{place}: {rule}"));
        }
    }

    fn operations(&mut self) {
        let mut ids = BTreeSet::new();
        for (path, methods) in object(&self.document["paths"]) {
            self.check(is_path(path), path, "a path is /api/v1/ and words in kebab-case");
            for (method, operation) in object(methods) {
                let id = operation["operationId"].as_str().unwrap_or_default();
                let place = format!("{method} {path}");
                self.check(is_snake(id), &place, "an operationId is verb_noun");
                self.check(ids.insert(id), &place, "an operationId is unique");
                self.operation(&place, method, id, operation);
            }
        }
    }

    fn operation(&mut self, place: &str, method: &str, id: &str, operation: &'a Value) {
        let responses = object(&operation["responses"]);
        for class in ["4XX", "5XX"] {
            self.check(responses.contains_key(class), place, "4XX and 5XX are documented");
        }
        let successes: Vec<&str> =
            responses.keys().map(String::as_str).filter(|status| status.starts_with('2')).collect();
        let allowed: &[&str] = match method {
            "get" | "patch" => &["200"],
            "post" => &["200", "201", "202", "204"],
            _ => &["200", "204"],
        };
        let [success] = successes[..] else {
            return self.check(false, place, "one status says that it was done");
        };
        self.check(allowed.contains(&success), place, "the status fits the method");

        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let names: Vec<(&str, &str)> = parameters
            .map(|one| (one["in"].as_str().unwrap(), one["name"].as_str().unwrap()))
            .collect();
        for (_, name) in names.iter().filter(|(place, _)| *place != "header") {
            self.check(is_snake(name), place, "a parameter is in snake_case");
        }
        let takes = |place, name| names.contains(&(place, name));
        let is_creating = success == "201";
        let is_keyed = takes("header", "Idempotency-Key");
        self.check(!is_creating || is_keyed, place, "what creates takes an Idempotency-Key");
        let location = responses[success]["headers"]["Location"]["x-template"].as_str();
        let leads = location.is_some_and(|path| self.document["paths"][path]["get"].is_object());
        self.check(!is_creating || leads, place, "what creates says where it can be read");
        let is_conditional = takes("header", "If-Match");
        self.check(method != "patch" || is_conditional, place, "a change takes If-Match");

        let answer = &responses[success]["content"]["application/json"]["schema"];
        let answer = self.resolved(answer);
        self.check(answer["type"] != "array", place, "an answer is an object");
        let is_page = answer["properties"]["next_cursor"].is_object();
        let is_list = id.starts_with("list_");
        self.check(is_list == is_page, place, "a list answers a page, and only a list");
        let pages = takes("query", "cursor") && takes("query", "limit");
        self.check(!is_list || pages, place, "a list takes cursor and limit");
    }

    /// A schema and all that stand in it.
    fn schema(&mut self, place: &str, schema: &'a Value) {
        for codes in [&schema["enum"], &schema["x-extensible-enum"]] {
            let are_ours = !STANDARD_CODES.contains(&place);
            for code in codes.as_array().into_iter().flatten().filter(|_| are_ours) {
                let is_code = code.as_str().is_some_and(is_kebab);
                self.check(is_code, place, "a code is in kebab-case");
            }
        }
        if schema["properties"].is_object() {
            self.object(place, schema);
        }
        for part in ["oneOf", "anyOf"] {
            self.union(place, schema[part].as_array().map_or(&[], Vec::as_slice));
        }
        for part in ["oneOf", "anyOf", "allOf"] {
            for variant in schema[part].as_array().into_iter().flatten() {
                self.schema(place, variant);
            }
        }
        if schema["items"].is_object() {
            self.schema(place, &schema["items"]);
        }
    }

    fn object(&mut self, place: &str, schema: &'a Value) {
        let fields = object(&schema["properties"]);
        let is_request = schema["additionalProperties"] == false;
        let required = schema["required"].as_array().map_or(0, Vec::len);
        let are_all = required == fields.len();
        self.check(is_request || are_all, place, "an answer has all of its fields, null or not");
        let is_money = fields.contains_key("currency");
        for (name, field) in fields {
            let place = format!("{place}.{name}");
            self.check(is_snake(name), &place, "a field is in snake_case");
            self.check(!OTHER_WORDS.contains(&name.as_str()), &place, "the API has another word");
            let target = self.named(field);
            if MONEY.contains(&name.as_str()) && !is_money {
                let is_money = matches!(target, "Money" | "Balance" | "Fee");
                self.check(is_money, &place, "money is an amount with its currency");
            }
            let resolved = self.resolved(field);
            if name.ends_with("_id") {
                let is_id = resolved["pattern"].is_string() || resolved["format"] == "uuid";
                self.check(is_id, &place, "an id has a pattern");
            }
            if name.ends_with("_at") {
                let is_time = target == "Timestamp" || is_request;
                self.check(is_time, &place, "a time is a Timestamp");
            } else if target == "Timestamp" {
                let is_bound = name.ends_with("_before");
                self.check(is_bound, &place, "a time is named <verb>_at");
            }
            self.schema(&place, field);
        }
    }

    /// Of what may be several things, each says in `type` which it is.
    fn union(&mut self, place: &str, variants: &[Value]) {
        let things: Vec<&Value> = variants.iter().filter(|one| one["type"] != "null").collect();
        if things.len() < 2 {
            return;
        }
        for variant in things {
            let parts = variant["allOf"].as_array().map_or(&[][..], Vec::as_slice);
            let says = |part: &Value| part["properties"]["type"]["enum"].is_array();
            let is_told = says(variant) || parts.iter().any(says);
            self.check(is_told, place, "a variant says its type");
        }
    }

    /// What a field refers to, null or not: a schema's name; empty if it refers to none.
    fn named(&self, field: &'a Value) -> &'a str {
        let reference = |value: &'a Value| value["$ref"].as_str();
        let variants = field["oneOf"].as_array().into_iter().flatten();
        let found = reference(field).or_else(|| variants.into_iter().find_map(reference));
        found.and_then(|found| found.rsplit('/').next()).unwrap_or_default()
    }

    fn resolved(&self, field: &'a Value) -> &'a Value {
        match self.named(field) {
            "" => field,
            name => &self.document["components"]["schemas"][name],
        }
    }
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn is_snake(name: &str) -> bool {
    name.split('_').all(is_word)
}

fn is_kebab(code: &str) -> bool {
    code.split('-').all(is_word)
}

fn is_path(path: &str) -> bool {
    let is_placeholder = |part: &str| {
        let name = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        name.is_some_and(is_snake)
    };
    let mut segments = path.strip_prefix("/api/v1/").unwrap_or_default().split('/');
    segments.all(|segment| is_kebab(segment) || segment.split('.').all(is_placeholder))
}

#[tokio::test]
async fn every_service_keeps_the_conventions_of_the_api() {
    let platform = shared().await;
    let mut found = Vec::new();
    for (path, document) in documents(&platform).await {
        found.extend(disagreements(&document).iter().map(|found| format!("{path}: {found}")));
    }
    assert!(found.is_empty(), "see docs/api.md\n{}", found.join("\n"));
    let document = merged(&platform).await;
    assert_eq!(disagreements(&document), Vec::<String>::new(), "in the merged document");
}

#[tokio::test]
async fn each_kind_of_disagreement_is_found_where_it_is_planted() {
    let platform = shared().await;
    let sound = merged(&platform).await;
    let wallet = "/paths/~1api~1v1~1wallets~1me/get";
    let list = "/paths/~1api~1v1~1payments/get";
    let create = "/paths/~1api~1v1~1payments/post";
    let change = "/paths/~1api~1v1~1users~1me/patch";
    let fields = "/components/schemas/Payment/properties";
    let schemas = "/components/schemas";
    let text = json!({"type": "string"});
    for (parent, name, planted, rule) in [
        ("/paths", "/api/v1/Wallets", json!({}), "words in kebab-case"),
        ("/paths", "/api/wallets", json!({}), "words in kebab-case"),
        (wallet, "operationId", json!("readWallet"), "an operationId is verb_noun"),
        (wallet, "operationId", json!("pay"), "an operationId is unique"),
        (&format!("{wallet}/responses"), "5XX", Value::Null, "4XX and 5XX are documented"),
        (&format!("{wallet}/responses"), "201", json!({}), "one status says"),
        (wallet, "responses", json!({"204": {}, "4XX": 0, "5XX": 0}), "the status fits"),
        (list, "parameters", json!([]), "a list takes cursor and limit"),
        (wallet, "operationId", json!("list_wallet"), "a list answers a page, and only a list"),
        (list, "operationId", json!("read_payments"), "a list answers a page, and only a list"),
        (create, "parameters", json!([]), "what creates takes an Idempotency-Key"),
        (&format!("{create}/responses/201"), "headers", json!({}), "what creates says where"),
        (change, "parameters", json!([]), "a change takes If-Match"),
        (
            wallet,
            "parameters",
            json!([{"in": "query", "name": "pageSize"}]),
            "a parameter is in snake_case",
        ),
        (
            &format!("{wallet}/responses/200/content/application~1json"),
            "schema",
            json!({"type": "array"}),
            "an answer is an object",
        ),
        (fields, "shopName", text.clone(), "a field is in snake_case"),
        (fields, "extra", text.clone(), "an answer has all of its fields"),
        (fields, "kind", text.clone(), "the API has another word"),
        (fields, "amount", json!({"type": "integer"}), "money is an amount with its currency"),
        (fields, "fee", json!({"type": "integer"}), "money is an amount with its currency"),
        (fields, "payment_id", text.clone(), "an id has a pattern"),
        (fields, "completed_at", text.clone(), "a time is a Timestamp"),
        (fields, "completed", json!({"$ref": "#/components/schemas/Timestamp"}), "a time is named"),
        (schemas, "WalletBody", json!({}), "a schema's name is its own"),
        (schemas, "Colour", json!({"enum": ["dark_red"]}), "a code is in kebab-case"),
        (schemas, "Hue", json!({"x-extensible-enum": ["DarkRed"]}), "a code is in kebab-case"),
        (
            schemas,
            "Either",
            json!({"oneOf": [{"properties": {}}, {"properties": {}}]}),
            "a variant says its type",
        ),
    ] {
        let mut document = sound.clone();
        let place = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match planted.is_null() {
            true => place.remove(name),
            false => place.insert(name.to_owned(), planted),
        };
        let found = disagreements(&document).join("\n");
        assert!(found.contains(rule), "{parent} {name}: expected {rule:?}, found {found:?}");
    }
}
