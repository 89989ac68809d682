//! Every way in which this service refuses or fails, and its HTTP answer.

use service::{Problem, causes};
use warp::http::StatusCode;
use warp::http::header::{HeaderValue, RETRY_AFTER};
use warp::reply::{Reply, Response};

use crate::sms::SmsError;

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the code is wrong, used or no longer valid; ask for a new one")]
    OtpInvalid,
    #[error("too many codes were asked for")]
    OtpThrottled { retry_after_seconds: u64 },
    #[error("the phone number is registered already; log in on this device instead")]
    PhoneAlreadyRegistered,
    #[error("the phone number is not registered; sign up instead")]
    PhoneNotRegistered,
    #[error("the device's key is not a P-256 public key in JWK form")]
    DeviceKeyInvalid,
    #[error("the PIN is too easily guessed")]
    PinTooWeak,
    #[error("the PIN is wrong")]
    PinInvalid,
    #[error("the PIN was wrong too often")]
    PinLocked { retry_after_seconds: u64 },
    #[error("the device is unknown, or its signature is wrong or too old")]
    SignatureInvalid,
    #[error("the refresh token is unknown, expired or revoked; log in")]
    RefreshTokenInvalid,
    #[error("the refresh token was used before, so its session is revoked; log in")]
    RefreshTokenReused,
    #[error("the session has ended; log in")]
    SessionEnded,
    #[error("there is no such device")]
    NoDevice,
    #[error("too many PINs are being checked")]
    Busy,
    #[error("the message was not sent")]
    Sms(#[from] SmsError),
    #[error("Redis failed")]
    Redis(#[from] redis::RedisError),
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
    #[error("a PIN cannot be hashed")]
    Hash(#[from] argon2::password_hash::Error),
    #[error("the hashing of a PIN ended early")]
    HashTask(#[from] tokio::task::JoinError),
    #[error("a token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
    #[error("there are no random numbers")]
    Random(#[from] aws_lc_rs::error::Unspecified),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        let refused = |status, code| Problem::new(status, code, self.to_string());
        match &self {
            Self::OtpInvalid => refused(StatusCode::UNAUTHORIZED, "otp-invalid"),
            Self::OtpThrottled { retry_after_seconds } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "otp-throttled")
                    .with_header(RETRY_AFTER, HeaderValue::from(*retry_after_seconds))
            }
            Self::PhoneAlreadyRegistered => {
                refused(StatusCode::CONFLICT, "phone-already-registered")
            }
            Self::PhoneNotRegistered => refused(StatusCode::NOT_FOUND, "phone-not-registered"),
            Self::DeviceKeyInvalid => {
                refused(StatusCode::UNPROCESSABLE_ENTITY, "device-key-invalid")
            }
            Self::PinTooWeak => refused(StatusCode::UNPROCESSABLE_ENTITY, "pin-too-weak"),
            Self::PinInvalid => refused(StatusCode::UNAUTHORIZED, "pin-invalid"),
            Self::PinLocked { retry_after_seconds } => {
                refused(StatusCode::TOO_MANY_REQUESTS, "pin-locked")
                    .with_header(RETRY_AFTER, HeaderValue::from(*retry_after_seconds))
            }
            Self::SignatureInvalid => refused(StatusCode::UNAUTHORIZED, "signature-invalid"),
            Self::RefreshTokenInvalid => refused(StatusCode::UNAUTHORIZED, "refresh-token-invalid"),
            Self::RefreshTokenReused => refused(StatusCode::UNAUTHORIZED, "refresh-token-reused"),
            Self::SessionEnded => refused(StatusCode::UNAUTHORIZED, "invalid-token"),
            Self::NoDevice => refused(StatusCode::NOT_FOUND, "device-not-found"),
            Self::Busy => Problem::try_again("The service is busy; try again."),
            Self::Sms(SmsError::NotAccepted) => {
                refused(StatusCode::UNPROCESSABLE_ENTITY, "phone-unreachable")
            }
            Self::Sms(_) => unavailable(&self, "The message cannot be sent at the moment."),
            Self::Redis(_) => unavailable(&self, "The service cannot decide at the moment."),
            Self::Database(error) => Problem::database(error),
            Self::Hash(_) | Self::HashTask(_) | Self::Sign(_) | Self::Random(_) => {
                Problem::internal(&self)
            }
        }
        .into_response()
    }
}

fn unavailable(error: &Error, detail: &'static str) -> Problem {
    tracing::error!(causes = causes(error), "something that this service needs is away");
    Problem::try_again(detail)
}
