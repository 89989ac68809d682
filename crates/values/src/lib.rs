//! Values that cross services: money, ids, names, what a payer confirms. Pure: no I/O, nothing
//! asynchronous.
//!
//! Every type parses its input once and cannot hold an invalid value afterwards; their serde forms
//! are the wire forms, so a request body that deserializes needs no second validation. Reading
//! order: `money`, `ids`, then one small file for each value.

mod category_code;
mod display_name;
mod fps_id;
mod idempotency_key;
mod ids;
mod money;
mod payment_confirmation;
mod phone;
mod request_status;

pub use category_code::{CategoryCode, CategoryCodeError};
pub use display_name::{DisplayName, DisplayNameError, is_visible};
pub use fps_id::{FpsId, FpsIdError};
pub use idempotency_key::{IdempotencyKey, IdempotencyKeyError};
pub use ids::{
    BusinessId, DeviceId, IdError, NotificationId, PaymentId, PaymentRequestId, SessionId, TopUpId,
    TransferId, UserId,
};
pub use money::{Currency, Money, MoneyError};
pub use payment_confirmation::PaymentConfirmation;
pub use phone::{Phone, PhoneError};
pub use request_status::RequestStatus;
