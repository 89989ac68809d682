//! The rules of signing in: pure, nothing asynchronous.

mod otp_code;
mod pin;
mod refresh_token;
mod refusals;
mod session;

pub(crate) use otp_code::OtpCode;
pub(crate) use pin::Pin;
pub(crate) use refresh_token::{RefreshToken, SuccessorSalt};
pub use refusals::REFUSALS;
pub(crate) use refusals::*;
pub(crate) use session::{LogInProof, Session, SessionsOf};
