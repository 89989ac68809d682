//! The rules of codes: pure, nothing asynchronous.
//!
//! Reading order: `emv` (the format), `fps` and `code` (what stands in it), `signing_key`,
//! `drawing`; `payment_request` and `shop` are what this service knows of other services' things.

mod code;
mod drawing;
mod emv;
mod fps;
mod payment_request;
mod shop;
mod signing_key;

pub(crate) use code::{Code, CodeError, payment_request_code, read_code, shop_code};
pub(crate) use drawing::{DrawError, Format, draw};
pub(crate) use emv::EmvError;
pub(crate) use fps::ProxyKind;
pub(crate) use payment_request::PaymentRequest;
pub(crate) use shop::Shop;
pub(crate) use signing_key::SigningKey;
