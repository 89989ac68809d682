//! A completed payment from a person to a shop.

use events::payments::PaymentCompletedV1;
use time::OffsetDateTime;
use values::{BusinessId, Money, PaymentId, PaymentRequestId, TransferId, UserId, code_enum};

use super::payment_request::rfc3339;

code_enum! {
    /// How the payer confirmed.
    pub(crate) enum ConfirmedBy {
        /// By a signature of the phone's key.
        Device = "device",
        /// By the PIN, for which the auth service vouches.
        Pin = "pin",
    }
}

code_enum! {
    /// Where a payment stands.
    pub(crate) enum PaymentStatus {
        /// The money has moved.
        Completed = "completed",
    }
}

/// A payment. It exists only completed: the money moved in the transaction that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) payment_request_id: PaymentRequestId,
    pub(crate) payer_user_id: UserId,
    /// Empty if the payer has not chosen one.
    pub(crate) payer_name: String,
    pub(crate) business_id: BusinessId,
    pub(crate) shop_name: String,
    pub(crate) amount: Money,
    pub(crate) transfer_id: TransferId,
    pub(crate) completed_at: OffsetDateTime,
}

impl Payment {
    pub(crate) fn completed_event(&self, business_owner: UserId) -> PaymentCompletedV1 {
        PaymentCompletedV1 {
            payment_id: self.id.to_string(),
            payment_request_id: self.payment_request_id.to_string(),
            payer_user_id: self.payer_user_id.to_string(),
            payer_name: self.payer_name.clone(),
            business_id: self.business_id.to_string(),
            business_owner_user_id: business_owner.to_string(),
            shop_name: self.shop_name.clone(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            completed_at: rfc3339(self.completed_at),
        }
    }
}
