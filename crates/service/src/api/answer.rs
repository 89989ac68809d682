//! What a handler may answer. Each answer describes itself.

use serde::Serialize;
use serde_json::json;
use utoipa::{PartialSchema, ToSchema};
use values::Language;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, HeaderValue, VARY,
};
use warp::reply::{self, Response};

use super::document::{Operation, value};
use crate::etag::etag;

/// How long anybody may keep a public answer: for five minutes, and for an hour more while a newer
/// one is being fetched. Nothing is taken out of caches when content changes.
const PUBLIC_CACHE_CONTROL: &str = "public, max-age=300, stale-while-revalidate=3600";
/// Of what counts no changes: the digest alone tells two bodies apart.
const UNCOUNTED: u32 = 1;

/// A success that a handler gives.
pub trait Answer: Send {
    /// Writes its status and body into the document.
    fn describe(operation: &mut Operation);
    /// The HTTP answer.
    fn into_response(self) -> Response;
}

/// 200 with a JSON body. As an input: a JSON body.
pub struct Json<T>(pub T);

/// 200 with a JSON body and its version as ETag. An app that keeps it asks each time whether it is
/// the same, and gets 304 if so. HTTP caches keep nothing (`no-store`): to them `…/me` is one
/// thing, whoever asks, and the next person to log in on a phone would be shown the one before.
pub struct Versioned<T> {
    /// Counts the changes of what is answered.
    pub version: u32,
    /// What has this version.
    pub body: T,
}

/// 200 with a JSON body that is the same for whoever reads this language. Caches on the way keep
/// it, so it must depend on path and query alone.
pub struct Public<T> {
    /// What the body is written in.
    pub language: Language,
    /// What everybody may read.
    pub body: T,
}

/// 202 with what will be known later.
pub struct Accepted<T>(pub T);

/// 204: done, and nothing to say.
pub struct NoContent;

macro_rules! json_answer {
    ($name:ident, $status:expr) => {
        impl<T: Serialize + ToSchema + Send> Answer for $name<T> {
            fn describe(operation: &mut Operation) {
                operation.answer_json::<T>($status);
            }

            fn into_response(self) -> Response {
                reply::with_status(reply::json(&self.0), $status).into_response()
            }
        }
    };
}

json_answer!(Json, StatusCode::OK);
json_answer!(Accepted, StatusCode::ACCEPTED);

impl<T: Serialize + ToSchema + Send> Answer for Versioned<T> {
    fn describe(operation: &mut Operation) {
        operation.answer_versioned::<T>();
    }

    fn into_response(self) -> Response {
        tagged(self.version, &self.body)
    }
}

impl<T: Serialize + ToSchema + Send> Answer for Public<T> {
    fn describe(operation: &mut Operation) {
        operation.answer_versioned::<T>();
        let language = json!({"required": true, "schema": value(&Language::schema())});
        operation.add_answer_header("Content-Language", language);
        let text = json!({"required": true, "schema": {"type": "string"}});
        operation.add_answer_header("Cache-Control", text.clone());
        operation.add_answer_header("Vary", text);
    }

    fn into_response(self) -> Response {
        let mut response = tagged(UNCOUNTED, &self.body);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(PUBLIC_CACHE_CONTROL));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.code()));
        headers.insert(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
        response
    }
}

/// The body in JSON, with its entity tag.
fn tagged(version: u32, body: &impl Serialize) -> Response {
    let Ok(body) = serde_json::to_vec(body) else {
        return reply::json(body).into_response();
    };
    let etag = etag(version, &body);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(etag.map(|etag| (ETAG, etag)));
    response
}

impl Answer for NoContent {
    fn describe(operation: &mut Operation) {
        operation.answer(StatusCode::NO_CONTENT, json!({}));
    }

    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
