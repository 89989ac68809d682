//! A picture as it is shown.

use std::str::FromStr;

use serde_json::json;
use service::{Answer, Operation};
use time::Duration;
use values::code_enum;
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use warp::reply::Response;

/// Under its name it never is another one. After a day a picture that was taken off is gone also
/// from where it was kept.
const SHOWN_CACHE_CONTROL: &str = "public, max-age=86400, immutable";

code_enum! {
    /// How large a picture is, in pixels of its longer side, or fewer if what was uploaded has. Of
    /// what a person or shop shows of itself, a square, `small` has 96 and `large` 384; of what is
    /// sent 384 and 1,600.
    pub enum PictureSize {
        /// For lists.
        Small = "small",
        /// For the screen of one person, shop or picture.
        Large = "large",
    }
}

/// What the pictures of a service are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// They show who somebody is: the middle square of what was uploaded.
    Portrait,
    /// They are sent to others: whole.
    Message,
}

impl Purpose {
    /// Pixels of the longer side at most.
    pub(crate) const fn side(self, size: PictureSize) -> u32 {
        match (self, size) {
            (Self::Portrait, PictureSize::Small) => 96,
            (Self::Portrait, PictureSize::Large) | (Self::Message, PictureSize::Small) => 384,
            (Self::Message, PictureSize::Large) => 1_600,
        }
    }

    /// The most pictures that an owner announces in an hour.
    pub(crate) const fn per_hour_max(self) -> u32 {
        match self {
            Self::Portrait => 10,
            Self::Message => 60,
        }
    }

    /// How long after it was announced a picture is looked at for the last time, whatever the
    /// clocks of two instances say: its link is over by then, and so is the time in which it might
    /// be shown, and the hour in which a message that shows it is taken back.
    pub(crate) const fn left_after(self) -> Duration {
        match self {
            Self::Portrait => Duration::HOUR,
            Self::Message => Duration::hours(2),
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
