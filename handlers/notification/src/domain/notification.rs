//! Whom a notification is for, and what it says.

use serde::Serialize;
use service::Caller;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{Language, NotificationId, PaymentId, Product, Refusal, UserId, code_enum};

use crate::domain::Message;

pub(crate) const NO_NOTIFICATION: Refusal =
    Refusal::not_found("notification-not-found", "there is no such notification in this inbox");

/// The inbox of a person in one product; the other product never shows it. Whoever locks several
/// locks them in ascending order, so that no two transactions wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mailbox {
    pub(crate) user_id: UserId,
    pub(crate) product: Product,
}

impl Mailbox {
    /// The caller's own, in the product that the token is for: there is no way to name another.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { user_id: caller.user_id, product: caller.product }
    }
}

code_enum! {
    /// What a notification is about.
    pub(crate) enum Kind {
        /// The person paid a shop.
        PaymentSent = "payment-sent",
        /// The person's shop was paid.
        PaymentReceived = "payment-received",
        /// Money came into the person's wallet.
        TopUpCompleted = "top-up-completed",
    }
}

/// What somebody is to be told, not yet in any language.
pub(crate) struct Notice {
    pub(crate) mailbox: Mailbox,
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) message: Message,
}

/// A delivered notification; also its JSON.
#[derive(Serialize, ToSchema)]
pub(crate) struct Notification {
    pub(crate) notification_id: NotificationId,
    pub(crate) kind: Kind,
    #[schema(example = "Payment sent")]
    pub(crate) title: String,
    #[schema(example = "You paid HK$128.50 to 永記茶餐廳.")]
    pub(crate) body: String,
    /// What the title and the body are written in.
    pub(crate) language: Language,
    /// The payment that it is about; null if it is about none.
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) read: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}
