//! What this service does, one file each.

mod add_device;
mod begin_session;
mod change_pin;
mod check_pin;
mod confirm_payment;
mod end_other_sessions;
mod end_sessions;
mod forget_expired_tokens;
mod list_devices;
mod log_in;
mod log_out;
mod name_device;
mod poll_revoked_sessions;
mod publish_keys;
mod read_user;
mod refresh_tokens;
mod register_device;
mod remove_device;
mod send_otp_challenge;
mod sign_up;

pub(crate) use add_device::add_device;
pub(crate) use change_pin::change_pin;
pub(crate) use confirm_payment::confirm_payment;
pub(crate) use end_other_sessions::end_other_sessions;
pub(crate) use forget_expired_tokens::forget_expired_tokens;
pub(crate) use list_devices::list_devices;
pub(crate) use log_in::log_in;
pub(crate) use log_out::log_out;
pub(crate) use name_device::name_device;
pub(crate) use poll_revoked_sessions::poll_revoked_sessions;
pub(crate) use publish_keys::publish_keys;
pub(crate) use read_user::read_user;
pub(crate) use refresh_tokens::refresh_tokens;
pub(crate) use remove_device::remove_device;
pub(crate) use send_otp_challenge::send_otp_challenge;
pub(crate) use sign_up::sign_up;
