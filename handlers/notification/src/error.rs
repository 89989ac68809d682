//! Every way in which this service refuses or fails, and its HTTP answer.

use service::Problem;
use warp::http::StatusCode;
use warp::reply::{Reply, Response};

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no such notification in this inbox")]
    NoNotification,
    #[error("too many streams are open")]
    TooManyStreams,
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::NoNotification => {
                Problem::new(StatusCode::NOT_FOUND, "notification-not-found", self.to_string())
            }
            Self::TooManyStreams => Problem::try_again("Too many streams are open; try again."),
            Self::Database(error) => Problem::database(error),
        }
        .into_response()
    }
}
