//! The OpenAPI 3.1 document, built from the same declarations as the routes.
//!
//! What holds for every operation is written here once: which problems it may answer, that a
//! response always has all of its fields, and that a request has no others.

use std::collections::{BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use values::{Language, Refusal};
use warp::http::{Method, StatusCode};

use super::example::add_examples;
use super::schema_names::{SCHEMAS, rename_bodies};
use crate::catalogue::CatalogueEntry;
use crate::problem::ProblemBody;
use crate::{REFUSALS, TokenVerifier};

/// One method of one path, as it is being described.
pub struct Operation {
    id: String,
    summary: String,
    tag: String,
    /// The placeholders that no input has taken yet, each with its segment's position in the path.
    placeholders: VecDeque<(usize, String)>,
    parameters: Vec<Value>,
    security: Value,
    request_body: Value,
    responses: Map<String, Value>,
    requested: Schemas,
    answered: Schemas,
    tokens: TokenVerifier,
}

type Schemas = Vec<(String, RefOr<Schema>)>;

impl Operation {
    pub(super) fn new(id: &str, summary: &str, path: &str, tokens: &TokenVerifier) -> Self {
        let segments = path.split('/').enumerate();
        let placeholders = segments
            .filter_map(|(position, segment)| {
                let name = segment.strip_prefix('{')?.split('}').next()?;
                Some((position, name.to_owned()))
            })
            .collect();
        Self {
            id: id.to_owned(),
            summary: summary.to_owned(),
            tag: path.split('/').nth(3).unwrap_or_default().to_owned(),
            placeholders,
            parameters: Vec::new(),
            security: Value::Null,
            request_body: Value::Null,
            responses: Map::new(),
            requested: Schemas::new(),
            answered: Schemas::new(),
            tokens: tokens.clone(),
        }
    }

    /// The operation's name, which no other one of the service has.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What checks the tokens of this service's callers.
    pub(crate) fn tokens(&self) -> TokenVerifier {
        self.tokens.clone()
    }

    /// The operation needs a bearer token.
    pub(crate) fn require_token(&mut self) {
        self.security = json!([{"bearer": []}]);
    }

    /// The operation needs a bearer token of this product, or of staff with this role.
    pub(crate) fn require_role(&mut self, role: &str) {
        self.security = json!([{"bearer": [role]}]);
    }

    /// The operation needs the key of its function, which operators have.
    pub(super) fn require_function_key(&mut self) {
        self.security = json!([{"function_key": []}]);
        // Of the host, which knows nothing of our problems.
        self.answer(StatusCode::UNAUTHORIZED, json!({}));
    }

    /// The operation needs a signature over the whole request.
    pub(super) fn require_signature(&mut self) {
        self.security = json!([{"message_signature": []}]);
    }

    /// A parameter object of the document.
    pub fn add_parameter(&mut self, parameter: Value) {
        self.parameters.push(parameter);
    }

    /// The next placeholder's position among the path's segments.
    pub fn take_placeholder(&mut self, schema: Value) -> usize {
        let (position, name) = self.placeholders.pop_front().unwrap_or_default();
        self.add_path_parameter(&name, schema);
        position
    }

    /// A placeholder that an input reads in its own way.
    pub fn add_path_parameter(&mut self, name: &str, schema: Value) {
        self.add_parameter(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }

    pub(super) fn take_body<T: ToSchema>(&mut self, media_types: &[&str]) {
        let schema = reference::<T>(&mut self.requested);
        let content: Map<String, Value> =
            media_types.iter().map(|one| ((*one).to_owned(), json!({"schema": schema}))).collect();
        self.request_body = json!({"required": true, "content": content});
    }

    /// The operation answers `status` with a `T` in JSON.
    pub fn answer_json<T: ToSchema>(&mut self, status: StatusCode) {
        let schema = reference::<T>(&mut self.answered);
        self.answer(status, json!({"application/json": {"schema": schema}}));
    }

    /// What it answers `status` with may also be a text of this media type.
    pub fn answer_text_too(&mut self, status: StatusCode, media_type: &str) {
        let text = json!({"schema": {"type": "string"}});
        self.responses[status.as_str()]["content"][media_type] = text;
    }

    /// What it answers `status` with may also be a file of this media type.
    pub fn answer_file_too(&mut self, status: StatusCode, media_type: &str) {
        self.responses[status.as_str()]["content"][media_type] = json!({});
    }

    /// The operation answers 201 with the `T` that it has created, and where that can be found.
    pub(crate) fn answer_created<T: ToSchema>(&mut self, location: &str) {
        self.answer_json::<T>(StatusCode::CREATED);
        self.responses[StatusCode::CREATED.as_str()]["headers"] = json!({
            "Location": {
                "description": format!("The path of what was created: `{location}`."),
                "required": true,
                "schema": {"type": "string", "pattern": "^/api/v1/"},
                "x-template": location,
            },
            "Idempotent-Replayed": {
                "description": "Present if this was done before, under the same key.",
                "schema": {"type": "string", "enum": ["true"]},
            },
        });
    }

    /// What the operation answers to a success has this header too.
    pub fn add_answer_header(&mut self, name: &str, header: Value) {
        let successes = self.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
        successes.for_each(|(_, answer)| answer["headers"][name] = header.clone());
    }

    /// The operation answers 200 with the version of a `T` as its ETag.
    pub(super) fn answer_versioned<T: ToSchema>(&mut self) {
        self.answer_json::<T>(StatusCode::OK);
        self.responses[StatusCode::OK.as_str()]["headers"] = json!({"ETag": etag()});
    }

    /// What has an ETag is not sent again to a client that holds it.
    fn describe_not_modified(&mut self) {
        let answer = self.responses.get(StatusCode::OK.as_str());
        if answer.is_none_or(|answer| answer["headers"]["ETag"].is_null()) {
            return;
        }
        self.add_parameter(json!({
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETag of what the client holds: if nothing is new, it gets 304.",
            "schema": {"type": "string"},
        }));
        self.answer(StatusCode::NOT_MODIFIED, json!({}));
        self.responses[StatusCode::NOT_MODIFIED.as_str()]["headers"] = json!({"ETag": etag()});
    }

    /// The operation answers `status` with one of these media types.
    pub fn answer(&mut self, status: StatusCode, content: Value) {
        let mut response = json!({"description": status.canonical_reason().unwrap_or("Success")});
        if content.as_object().is_some_and(|content| !content.is_empty()) {
            response["content"] = content;
        }
        self.responses.insert(status.as_str().to_owned(), response);
    }
}

fn etag() -> Value {
    json!({
        "description": "The version and a digest of the body, in quotes.",
        "required": true,
        "schema": {"type": "string"},
    })
}

/// `$ref` to the schema of `T`, which is collected with all that it refers to.
fn reference<T: ToSchema>(schemas: &mut Schemas) -> Value {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    json!({"$ref": format!("{SCHEMAS}{}", T::name())})
}

/// A part of the document as JSON. Serializing one cannot fail.
pub(crate) fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

/// The document of one service.
pub(super) struct Document {
    service: &'static str,
    title: String,
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    /// The names of the schemas of requests, in which fields may be absent.
    requested: BTreeSet<String>,
    tags: BTreeSet<String>,
    refusals: Vec<CatalogueEntry>,
}

impl Document {
    pub(super) fn new(service: &'static str, title: &str) -> Self {
        Self {
            service,
            title: title.to_owned(),
            paths: Map::new(),
            schemas: Map::new(),
            requested: BTreeSet::new(),
            tags: BTreeSet::new(),
            refusals: REFUSALS.iter().map(CatalogueEntry::from).collect(),
        }
    }

    pub(super) const fn service(&self) -> &'static str {
        self.service
    }

    pub(super) fn add_refusals(&mut self, refusals: &[Refusal]) {
        self.refusals.extend(refusals.iter().map(CatalogueEntry::from));
    }

    pub(super) fn add(&mut self, method: &Method, path: &str, mut operation: Operation) {
        if *method == Method::GET {
            operation.describe_not_modified();
        }
        self.requested.extend(operation.requested.iter().map(|(name, _)| name.clone()));
        for (name, schema) in operation.requested.into_iter().chain(operation.answered) {
            self.schemas.entry(name).or_insert_with(|| value(&schema));
        }
        self.tags.insert(operation.tag.clone());
        let mut responses = operation.responses;
        responses.insert("4XX".to_owned(), json!({"$ref": "#/components/responses/Refusal"}));
        responses.insert("5XX".to_owned(), json!({"$ref": "#/components/responses/Failure"}));
        let mut described = json!({
            "operationId": operation.id,
            "summary": operation.summary,
            "tags": [operation.tag],
            "parameters": operation.parameters,
            "responses": responses,
        });
        if !operation.request_body.is_null() {
            described["requestBody"] = operation.request_body;
        }
        if !operation.security.is_null() {
            described["security"] = operation.security;
        }
        let methods = self.paths.entry(path).or_insert_with(|| json!({}));
        methods[method.as_str().to_lowercase()] = described;
    }

    /// The whole document.
    pub(super) fn finish(mut self) -> Value {
        for (name, schema) in &mut self.schemas {
            if self.requested.contains(name) {
                close(schema);
            } else {
                require_all_properties(schema);
                open_enum(schema);
            }
        }
        let mut of_problems = Schemas::new();
        reference::<ProblemBody>(&mut of_problems);
        self.schemas.extend(of_problems.iter().map(|(name, schema)| (name.clone(), value(schema))));
        self.refusals.sort_by_key(|refusal| refusal.code);
        let problem = |description: &str| {
            let schema = json!({"$ref": format!("{SCHEMAS}{}", ProblemBody::name())});
            let retry_after = json!({
                "description": "Seconds after which a repeat may succeed.",
                "schema": {"type": "integer"},
            });
            let language = json!({
                "description": "The language of `message`.",
                "schema": value(&Language::schema()),
            });
            json!({
                "description": description,
                "headers": {
                    "Retry-After": retry_after,
                    "Content-Language": language,
                    "WWW-Authenticate": {
                        "description": "Of a 401: what is needed (RFC 6750, RFC 9470).",
                        "schema": {"type": "string"},
                    },
                },
                "content": {"application/problem+json": {"schema": schema}},
            })
        };
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {"title": self.title, "version": env!("CARGO_PKG_VERSION")},
            "servers": [{"url": "/", "description": "The front door that serves this document."}],
            "tags": self.tags.iter().map(|tag| json!({"name": tag})).collect::<Vec<Value>>(),
            "paths": self.paths,
            "components": {
                "schemas": self.schemas,
                "responses": {
                    "Refusal": problem("The request is refused; `code` says why."),
                    "Failure": problem("Something failed on our side, or is busy."),
                },
                "securitySchemes": security_schemes(),
            },
            "x-problems": self.refusals,
        });
        rename_bodies(&mut document);
        add_examples(&mut document);
        document
    }
}

/// How callers show who they are.
fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token. A role names its product or one of staff.",
        },
        "function_key": {
            "type": "apiKey",
            "in": "header",
            "name": "x-functions-key",
            "description": "Operators read it with their own identity.",
        },
        "message_signature": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "HTTP Message Signatures (RFC 9421): docs/merchant-api.md.",
        },
    })
}

/// An answer's code may be a newer one than a client knows; a request's is one of these.
fn open_enum(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut()
        && let Some(codes) = object.remove("enum")
    {
        object.insert("x-extensible-enum".to_owned(), codes);
    }
}

/// Requests have no other fields than the documented ones.
fn close(schema: &mut Value) {
    if schema["properties"].is_object() {
        schema["additionalProperties"] = Value::from(false);
    }
    variants(schema).for_each(close);
}

/// Answers always have all of their fields; a value that is absent is null.
fn require_all_properties(schema: &mut Value) {
    if let Some(properties) = schema["properties"].as_object() {
        let names: Vec<Value> = properties.keys().cloned().map(Value::from).collect();
        schema["required"] = Value::from(names);
    }
    variants(schema).for_each(require_all_properties);
}

fn variants(schema: &mut Value) -> impl Iterator<Item = &mut Value> {
    let is_variants = |name: &str| ["oneOf", "anyOf", "allOf"].contains(&name);
    let parts = schema.as_object_mut().into_iter().flatten();
    parts
        .filter(move |(name, _)| is_variants(name))
        .filter_map(|(_, part)| part.as_array_mut())
        .flatten()
}
