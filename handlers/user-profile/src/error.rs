//! Every way in which this service refuses or fails, and its HTTP answer.

use service::Problem;
use warp::http::StatusCode;
use warp::reply::{Reply, Response};

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the profile does not exist yet")]
    NoProfile,
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::NoProfile => {
                Problem::new(StatusCode::NOT_FOUND, "profile-not-found", self.to_string())
            }
            Self::Database(error) => Problem::database(error),
        }
        .into_response()
    }
}
