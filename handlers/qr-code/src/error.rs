//! Every way in which this service refuses or fails, and its HTTP answer.

use service::Problem;
use warp::http::StatusCode;
use warp::reply::{Reply, Response};

use crate::domain::{CodeError, DrawError, EmvError};

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no such payment request")]
    NoPaymentRequest,
    #[error("there is no such business")]
    NoBusiness,
    #[error(transparent)]
    Code(#[from] CodeError),
    #[error("the code cannot be written")]
    Write(#[from] EmvError),
    #[error("the code cannot be drawn")]
    Draw(#[from] DrawError),
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        let refuse = |status, code| Problem::new(status, code, self.to_string());
        match &self {
            Self::NoPaymentRequest => refuse(StatusCode::NOT_FOUND, "payment-request-not-found"),
            Self::NoBusiness => refuse(StatusCode::NOT_FOUND, "business-not-found"),
            Self::Code(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, code(*error)),
            Self::Write(_) | Self::Draw(_) => Problem::internal(&self),
            Self::Database(error) => Problem::database(error),
        }
        .into_response()
    }
}

const fn code(error: CodeError) -> &'static str {
    match error {
        CodeError::Emv(EmvError::Checksum) => "qr-checksum",
        CodeError::Emv(
            EmvError::TooLong
            | EmvError::NoObjects
            | EmvError::ValueLength
            | EmvError::Repeated(_)
            | EmvError::Order,
        )
        | CodeError::Name
        | CodeError::Amount => "qr-malformed",
        CodeError::Forged => "qr-forged",
        CodeError::Unknown => "qr-unknown",
    }
}
