//! Every way in which this service refuses or fails, and its HTTP answer.

use service::Problem;
use warp::http::StatusCode;
use warp::reply::{Reply, Response};

use crate::domain::{LedgerRefusal, RequestRefusal};
use crate::use_cases::AUDIT_TIME_MAX;

/// A refusal or failure of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the wallet is not open yet")]
    NoWallet,
    #[error("there is no such wallet or shop")]
    NoAccount,
    #[error("the caller owns no such business")]
    NoBusiness,
    #[error("there is no such payment request")]
    NoPaymentRequest,
    #[error("the caller has no such payment")]
    NoPayment,
    #[error(transparent)]
    Request(#[from] RequestRefusal),
    #[error(transparent)]
    Ledger(#[from] LedgerRefusal),
    #[error("this login has ended")]
    SessionRevoked,
    #[error("the confirmation does not cover this payment")]
    WrongConfirmation,
    #[error("the idempotency key was used for another operation or input")]
    KeyReused,
    #[error("the first request with this idempotency key is still running")]
    KeyInFlight,
    #[error("whether the confirmation is genuine cannot be found out now")]
    Unverifiable(Problem),
    #[error("the audit did not end in {AUDIT_TIME_MAX:?}")]
    AuditTooLong,
    #[error("the database failed")]
    Database(#[from] mysql_async::Error),
}

impl Reply for Error {
    fn into_response(self) -> Response {
        let refuse = |status, code| Problem::new(status, code, self.to_string());
        match &self {
            Self::NoWallet => refuse(StatusCode::NOT_FOUND, "wallet-not-open"),
            Self::NoAccount => refuse(StatusCode::NOT_FOUND, "account-not-found"),
            Self::NoBusiness => refuse(StatusCode::NOT_FOUND, "business-not-found"),
            Self::NoPaymentRequest => refuse(StatusCode::NOT_FOUND, "payment-request-not-found"),
            Self::NoPayment => refuse(StatusCode::NOT_FOUND, "payment-not-found"),
            Self::Request(RequestRefusal::Paid) => {
                refuse(StatusCode::CONFLICT, "payment-request-paid")
            }
            Self::Request(RequestRefusal::Cancelled) => {
                refuse(StatusCode::CONFLICT, "payment-request-cancelled")
            }
            Self::Request(RequestRefusal::Expired) => {
                refuse(StatusCode::CONFLICT, "payment-request-expired")
            }
            Self::Request(RequestRefusal::OtherAmount) => {
                refuse(StatusCode::UNPROCESSABLE_ENTITY, "amount-mismatch")
            }
            Self::Request(RequestRefusal::OtherPayee) => {
                refuse(StatusCode::UNPROCESSABLE_ENTITY, "payee-mismatch")
            }
            Self::Ledger(LedgerRefusal::Overdrawn) => {
                refuse(StatusCode::UNPROCESSABLE_ENTITY, "insufficient-funds")
            }
            Self::Ledger(LedgerRefusal::AboveLimit) => {
                refuse(StatusCode::UNPROCESSABLE_ENTITY, "balance-limit-exceeded")
            }
            Self::Ledger(LedgerRefusal::WalletFrozen) => {
                refuse(StatusCode::FORBIDDEN, "wallet-frozen")
            }
            Self::Ledger(LedgerRefusal::PayeeUnavailable) => {
                refuse(StatusCode::CONFLICT, "payee-unavailable")
            }
            Self::SessionRevoked => refuse(StatusCode::UNAUTHORIZED, "invalid-token"),
            Self::WrongConfirmation => refuse(StatusCode::FORBIDDEN, "confirmation-invalid"),
            Self::KeyReused => refuse(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused"),
            Self::KeyInFlight => refuse(StatusCode::CONFLICT, "idempotency-key-in-flight"),
            Self::Unverifiable(problem) => problem.clone(),
            Self::AuditTooLong => Problem::internal(&self),
            Self::Database(error) => Problem::database(error),
        }
        .into_response()
    }
}
