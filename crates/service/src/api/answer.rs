//! What a handler may answer. Each answer describes itself.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_TYPE, ETAG, HeaderValue};
use warp::reply::{self, Response};

use super::document::Operation;
use crate::etag::etag;

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
        let Ok(body) = serde_json::to_vec(&self.body) else {
            return Json(self.body).into_response();
        };
        let etag = etag(self.version, &body);
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(etag.map(|etag| (ETAG, etag)));
        response
    }
}

impl Answer for NoContent {
    fn describe(operation: &mut Operation) {
        operation.answer(StatusCode::NO_CONTENT, json!({}));
    }

    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
