//! What a handler may take from a request. Each input reads itself and describes itself.

use std::str::FromStr;

use hyper::body::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};
use values::{IdempotencyKey, Language};
use warp::http::HeaderMap;
use warp::http::header::IF_MATCH;
use warp::path::FullPath;
use warp::{Filter, reject};

use super::answer::Json;
use super::document::{Operation, value};
use super::shape::Shape;
use super::{InputFilter, or_reject};
use crate::etag::IfMatch;
use crate::trace::{self, TraceContext};
use crate::{accept_language, body, header};

/// Something that a handler takes.
pub trait Input: Sized + Send + 'static {
    /// The filter that reads it; what the request must bring is described in `operation`.
    fn take(operation: &mut Operation) -> InputFilter<Self>;
}

/// A batch of events that a trigger brings.
pub struct Batch {
    /// The trigger's function, by which the inbox knows the consumer.
    pub function: &'static str,
    /// In order; each a CloudEvent in JSON, if its producer is sound.
    pub events: Vec<String>,
}

/// The next placeholder of the route's path. A segment that is not a `T` is answered like an
/// unknown path.
pub struct Id<T>(pub T);

impl<T: FromStr + ToSchema + Send + 'static> Input for Id<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        let position = operation.take_placeholder(value(&T::schema()));
        warp::path::full()
            .and_then(move |path: FullPath| async move {
                let segment = path.as_str().split('/').nth(position);
                let id = segment.and_then(|segment| segment.parse().ok());
                id.map(Self).ok_or_else(reject::not_found)
            })
            .boxed()
    }
}

/// The parameters of the query string; `deny_unknown_fields` refuses all others.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams + Send + 'static> Input for Query<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            operation.add_parameter(value(&parameter));
        }
        warp::query().map(Self).boxed()
    }
}

/// A body of the documented shape, at every depth, or 400.
impl<T: DeserializeOwned + ToSchema + Send + 'static> Input for Json<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.take_body::<T>(&[body::JSON]);
        let shape = Shape::of::<T>();
        body::json_bytes(&[body::JSON])
            .and_then(move |bytes: Bytes| {
                let read = shape.read(&bytes).map(Self);
                async move { or_reject(read) }
            })
            .boxed()
    }
}

/// The client's name for the operation: exactly one, or 400.
impl Input for IdempotencyKey {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "The client's name for this operation: a new UUID for each. A repeat \
                under the same key gets the first answer, byte for byte.",
            "schema": value(&<Self as utoipa::PartialSchema>::schema()),
        }));
        warp::header::headers_cloned()
            .and_then(|headers| async move { or_reject(header::idempotency_key(&headers)) })
            .boxed()
    }
}

/// The version that the request changes: exactly one, or 428 without it and 400 for another form.
impl Input for IfMatch {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(if_match(true));
        warp::header::headers_cloned()
            .and_then(|headers| async move { or_reject(Self::read(&headers)) })
            .boxed()
    }
}

/// Of what may also be changed whatever its version is, by whoever names none.
impl Input for Option<IfMatch> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(if_match(false));
        let read = |headers: HeaderMap| {
            headers.contains_key(IF_MATCH).then(|| IfMatch::read(&headers)).transpose()
        };
        warp::header::headers_cloned()
            .and_then(move |headers| async move { or_reject(read(headers)) })
            .boxed()
    }
}

fn if_match(is_required: bool) -> Value {
    json!({
        "name": "If-Match",
        "in": "header",
        "required": is_required,
        "description": "The ETag of what is changed: its version, a dash, a digest. If \
            somebody else has changed it since, nothing happens and the answer is 412.",
        "schema": {
            "type": "string",
            "pattern": "^\"[1-9][0-9]{0,9}(-[A-Za-z0-9_-]*)?\"$",
            "example": "\"1-9zXk2Q0a\"",
        },
    })
}

/// Marks a route of operators: the Functions host lets nobody in without the function's key.
pub struct FunctionKey;

impl Input for FunctionKey {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.require_function_key();
        warp::any().map(|| Self).boxed()
    }
}

/// The language in which the customer reads what is answered.
impl Input for Language {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(json!({
            "name": "Accept-Language",
            "in": "header",
            "description": "The languages that the customer reads; English if absent.",
            "schema": {"type": "string", "example": "zh-HK"},
        }));
        warp::header::headers_cloned()
            .map(|headers: HeaderMap| accept_language::wanted(&headers))
            .boxed()
    }
}

/// The step of a trace that this request is: the cause of the events that it brings about.
impl Input for TraceContext {
    fn take(_operation: &mut Operation) -> InputFilter<Self> {
        warp::any().map(trace::current).boxed()
    }
}
