//! What this service does, one file each; `code_file` says in what form codes are asked for and
//! answered.

mod code_file;
mod encode_payment_request;
mod encode_person;
mod encode_shop;
mod learn_payment_request;
mod learn_shop;
mod read_checkout;
mod scan_code;
mod wait_for_event;

pub(crate) use encode_payment_request::encode_payment_request;
pub(crate) use encode_person::encode_person;
pub(crate) use encode_shop::encode_shop;
pub(crate) use learn_payment_request::learn_payment_request;
pub(crate) use learn_shop::learn_shop;
pub(crate) use read_checkout::{read_checkout, read_checkout_status};
pub(crate) use scan_code::scan_code;
