//! The rules of codes: pure, nothing asynchronous.
//!
//! Reading order: `emv` (the format), `fps`, `merchant_name`, `amount`, `tip` and `references`
//! (what stands in it), `fps_code` (codes of others), `signing_key` and `code` (ours), `code_error`
//! and `refusals` (why one is refused), `drawing`, `checkout_page` (what people see);
//! `payment_request` and `shop` are what this service knows of other services' things.

mod amount;
mod checkout_page;
mod code;
mod code_error;
mod drawing;
mod emv;
mod fps;
mod fps_code;
mod merchant_name;
mod payment_request;
mod references;
mod refusals;
mod shop;
mod signing_key;
mod tip;

pub(crate) use checkout_page::checkout_page;
pub(crate) use code::{Code, payment_request_code, person_code, read_code, shop_code};
pub(crate) use code_error::CodeError;
pub(crate) use drawing::{Format, draw};
pub(crate) use fps_code::FpsCode;
pub(crate) use payment_request::PaymentRequest;
pub(crate) use refusals::NOT_OWN_CODE;
pub use refusals::REFUSALS;
pub(crate) use shop::Shop;
pub(crate) use signing_key::SigningKey;
