//! What is refused before Microsoft's account sees it, in Cosmos DB's form.

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::log::LOG_BYTES_MAX;

/// A refusal; the message is for developers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the request has no token of Entra ID")]
    NoCredential,
    #[error("the token is not of this platform, not for Cosmos DB, or has expired")]
    BadToken,
    #[error("Local Authorization is disabled. Use an AAD token to authorize all requests.")]
    KeysAreDisabled,
    #[error("databases and containers are made by Bicep: a token cannot do this")]
    ControlPlane,
    #[error("this emulator cannot do it: {0}")]
    NotSupported(&'static str),
    #[error("the request is longer than 2 MiB, or slower than its limit")]
    TooLong,
    #[error(
        "this emulator keeps at most {LOG_BYTES_MAX} bytes of writes; `make clean-local` forgets \
         them"
    )]
    Full,
}

impl Refusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoCredential | Self::BadToken | Self::KeysAreDisabled => StatusCode::UNAUTHORIZED,
            Self::ControlPlane | Self::Full => StatusCode::FORBIDDEN,
            Self::NotSupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    /// What `x-ms-substatus` says, where Cosmos DB has a number for it.
    pub(crate) fn substatus(&self) -> Option<u16> {
        match self {
            // Not to be done with a token of the data plane.
            Self::ControlPlane => Some(5300),
            // The quota of storage is reached.
            Self::Full => Some(1014),
            Self::NoCredential
            | Self::BadToken
            | Self::KeysAreDisabled
            | Self::NotSupported(_)
            | Self::TooLong => None,
        }
    }

    pub(crate) fn body(&self) -> Value {
        let code = match self {
            Self::NoCredential | Self::BadToken | Self::KeysAreDisabled => "Unauthorized",
            Self::ControlPlane | Self::Full => "Forbidden",
            Self::NotSupported(_) => "NotImplemented",
            Self::TooLong => "RequestEntityTooLarge",
        };
        json!({ "code": code, "message": self.to_string() })
    }
}
