//! What this service does, one file each.

mod add_device;
mod begin_session;
mod change_pin;
mod check_pin;
mod confirm_payment;
mod end_sessions;
mod forget_expired_tokens;
mod list_devices;
mod log_in;
mod log_out;
mod refresh_tokens;
mod register_device;
mod remove_device;
mod send_otp_challenge;
mod sign_up;

pub(crate) use add_device::{AddDevice, add_device};
pub(crate) use begin_session::TokensBody;
pub(crate) use change_pin::{ChangePin, change_pin};
pub(crate) use confirm_payment::{ConfirmPayment, ConfirmationBody, confirm_payment};
pub(crate) use forget_expired_tokens::forget_expired_tokens;
pub(crate) use list_devices::{DevicesBody, list_devices};
pub(crate) use log_in::{LogIn, log_in};
pub(crate) use log_out::log_out;
pub(crate) use refresh_tokens::{RefreshTokens, refresh_tokens};
pub(crate) use remove_device::remove_device;
pub(crate) use send_otp_challenge::{OtpChallengeBody, SendOtpChallenge, send_otp_challenge};
pub(crate) use sign_up::{SignUp, sign_up};
