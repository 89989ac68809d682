//! Whom a notification is for, and what it says.

use serde::Serialize;
use service::Scope;
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{NotificationId, PaymentId, UserId};

use crate::domain::{Language, Message};

/// The inbox of a person in one product; the other product never shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) user_id: UserId,
    pub(crate) product: Scope,
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    PaymentSent,
    PaymentReceived,
    TopUpCompleted,
}

impl Kind {
    /// As stored and sent.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::PaymentSent => "payment-sent",
            Self::PaymentReceived => "payment-received",
            Self::TopUpCompleted => "top-up-completed",
        }
    }

    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        [Self::PaymentSent, Self::PaymentReceived, Self::TopUpCompleted]
            .into_iter()
            .find(|kind| kind.tag() == tag)
    }
}

/// What somebody is to be told, before it has a language.
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
    /// The payment that it tells of; null if it tells of none.
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) read: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_stored_and_sent_by_one_name() {
        for kind in [Kind::PaymentSent, Kind::PaymentReceived, Kind::TopUpCompleted] {
            assert_eq!(Kind::from_tag(kind.tag()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.tag());
        }
        assert_eq!(Kind::from_tag("other"), None);
    }
}
