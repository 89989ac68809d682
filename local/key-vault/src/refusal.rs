//! What Key Vault says when it does not do something.

use hyper::StatusCode;
use serde_json::{Value, json};

/// A refusal by its code; the message is for developers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the request has no token of ours for this vault, or one that has expired")]
    Unauthorized,
    #[error("there is no such key or version of it")]
    KeyNotFound,
    #[error("there is no such secret or version of it")]
    SecretNotFound,
    #[error("no such operation")]
    NoSuchOperation,
    #[error("{0}")]
    BadParameter(&'static str),
    #[error("this local vault keeps no more than it has")]
    Full,
    #[error("the request is too long")]
    TooLong,
    #[error("the vault could not keep it")]
    NotKept,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::KeyNotFound | Self::SecretNotFound | Self::NoSuchOperation => {
                StatusCode::NOT_FOUND
            }
            Self::BadParameter(_) => StatusCode::BAD_REQUEST,
            Self::Full => StatusCode::FORBIDDEN,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotKept => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn body(self) -> Value {
        let code = match self {
            Self::Unauthorized => "Unauthorized",
            Self::KeyNotFound => "KeyNotFound",
            Self::SecretNotFound => "SecretNotFound",
            Self::NoSuchOperation => "ResourceNotFound",
            Self::BadParameter(_) => "BadParameter",
            Self::Full => "Forbidden",
            Self::TooLong => "RequestTooLarge",
            Self::NotKept => "InternalError",
        };
        json!({ "error": { "code": code, "message": self.to_string() } })
    }
}
