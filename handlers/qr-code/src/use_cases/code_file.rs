//! Codes as files: the client asks for `<id>.<format>` and gets a drawing.

use std::str::FromStr;

use serde_json::json;
use service::{Answer, Error, Input, InputFilter, Operation};
use utoipa::{PartialSchema, ToSchema};
use warp::http::StatusCode;
use warp::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use warp::path::FullPath;
use warp::reply::Response;
use warp::{Filter, Reply, reject};

use crate::domain::{Format, draw};

/// The last segment of a code's URL. Anything else is answered like an unknown path.
pub(crate) struct CodeFile<T> {
    pub(super) id: T,
    pub(super) format: Format,
}

impl<T: FromStr> CodeFile<T> {
    fn from_segment(segment: &str) -> Option<Self> {
        let (id, extension) = segment.rsplit_once('.')?;
        Some(Self { id: id.parse().ok()?, format: Format::from_extension(extension)? })
    }
}

impl<T: FromStr + ToSchema + Send + 'static> Input for CodeFile<T> {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        let position = operation.take_placeholder(json!(T::schema()));
        operation.add_path_parameter("format", json!(Format::schema()));
        warp::path::full()
            .and_then(move |path: FullPath| async move {
                let segment = path.as_str().split('/').nth(position);
                segment.and_then(Self::from_segment).ok_or_else(reject::not_found)
            })
            .boxed()
    }
}

/// A code as a file that the client may keep for a while.
pub(crate) struct Drawing {
    file: Vec<u8>,
    format: Format,
    cache: &'static str,
}

impl Drawing {
    pub(super) fn new(payload: &str, format: Format, cache: &'static str) -> Result<Self, Error> {
        Ok(Self { file: draw(payload, format).map_err(Error::internal)?, format, cache })
    }
}

impl Answer for Drawing {
    fn describe(operation: &mut Operation) {
        let text = json!({"schema": {"type": "string"}});
        let content = json!({"image/png": {}, "image/svg+xml": text, "text/plain": text});
        operation.answer(StatusCode::OK, content);
    }

    fn into_response(self) -> Response {
        let mut response = self.file.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.format.content_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        response
    }
}
