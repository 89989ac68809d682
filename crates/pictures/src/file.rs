//! A picture as it is shown.

use std::str::FromStr;

use serde_json::json;
use service::{Answer, Operation};
use values::code_enum;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use warp::reply::Response;

/// Under its name it never is another one. After a day a picture that was taken off is gone also
/// from where it was kept.
const SHOWN_CACHE_CONTROL: &str = "public, max-age=86400, immutable";

code_enum! {
    /// How large a picture is, in pixels a side: `small` has 96; `large` 384, or fewer if what was
    /// uploaded has.
    pub enum PictureSize {
        /// For lists.
        Small = "small",
        /// For the screen of one person or shop.
        Large = "large",
    }
}

impl PictureSize {
    /// Pixels a side.
    pub(crate) const fn side(self) -> u32 {
        match self {
            Self::Small => 96,
            Self::Large => 384,
        }
    }
}

/// It names no size.
#[derive(Debug)]
pub struct NoSize;

impl FromStr for PictureSize {
    type Err = NoSize;

    fn from_str(code: &str) -> Result<Self, NoSize> {
        Self::from_code(code).ok_or(NoSize)
    }
}

/// A picture that anybody may keep for a day.
pub struct PictureFile(pub(crate) Vec<u8>);

impl Answer for PictureFile {
    fn describe(operation: &mut Operation) {
        operation.answer(StatusCode::OK, json!({"image/jpeg": {}}));
    }

    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(SHOWN_CACHE_CONTROL));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}
