//! Every way in which this service refuses or fails, and its HTTP answer.

use service::Problem;
use warp::http::StatusCode;
use warp::reply::{Reply, Response};

use crate::domain::BUSINESSES_PER_OWNER_MAX;

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the caller owns no such business")]
    NoBusiness,
    #[error("a person owns at most {BUSINESSES_PER_OWNER_MAX} businesses")]
    TooManyBusinesses,
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        let refuse = |status, code| Problem::new(status, code, self.to_string());
        match &self {
            Self::NoBusiness => refuse(StatusCode::NOT_FOUND, "business-not-found"),
            Self::TooManyBusinesses => refuse(StatusCode::CONFLICT, "too-many-businesses"),
            Self::Database(error) => Problem::database(error),
        }
        .into_response()
    }
}
