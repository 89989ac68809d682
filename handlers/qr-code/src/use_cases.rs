//! What this service does, one file each.

mod encode_payment_request;
mod encode_shop;
mod follow_payment_request;
mod follow_shop;
mod scan_code;
mod wait_for_event;

pub(crate) use encode_payment_request::encode_payment_request;
pub(crate) use encode_shop::encode_shop;
pub(crate) use follow_payment_request::follow_payment_request;
pub(crate) use follow_shop::follow_shop;
pub(crate) use scan_code::{ScanBody, ScanCode, scan_code};
