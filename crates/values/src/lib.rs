//! Values that cross services: money, ids and phone numbers. Pure: no I/O, nothing asynchronous.
//!
//! Every type parses its input once and cannot hold an invalid value afterwards; their serde forms are
//! the wire forms, so a request body that deserializes needs no second validation.
//! Reading order: `money`, `ids`, `phone`.

mod ids;
mod money;
mod phone;

pub use ids::{
    BusinessId, DeviceId, IdError, NotificationId, PaymentId, PaymentRequestId, SessionId, TopUpId,
    TransferId, UserId,
};
pub use money::{Currency, Money, MoneyError};
pub use phone::{Phone, PhoneError};
