//! What a person may switch off, and what has to be told.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use values::{Refusal, code_enum};

use super::notification::NotificationType;
use super::refusals::NOTIFICATION_NOT_OPTIONAL;

code_enum! {
    /// What notifications are about, as people switch them off.
    pub(crate) enum NotificationClass {
        /// The security of the account.
        Security = "security",
        /// Money that moved, is held, or did not move as it was to.
        Money = "money",
        /// Money that others ask the person for, or the person others.
        Requests = "requests",
        /// What the person applied for.
        Account = "account",
        /// Who wants to be a friend, and what others react to and comment on.
        Friends = "friends",
        /// Who wrote to the person.
        Messages = "messages",
        /// What else happens to the person's shop.
        Shop = "shop",
    }
}

impl NotificationClass {
    /// Whether people may do without it: not what says where their money is, or who was at it.
    const fn is_optional(self) -> bool {
        match self {
            Self::Requests | Self::Friends | Self::Messages => true,
            Self::Security | Self::Money | Self::Account | Self::Shop => false,
        }
    }
}

impl NotificationType {
    /// Whether people may do without it.
    pub(crate) const fn is_optional(self) -> bool {
        self.class().is_optional()
    }

    /// Which class each is of: the one place that says so.
    const fn class(self) -> NotificationClass {
        match self {
            Self::DeviceAdded
            | Self::DeviceRemoved
            | Self::PasskeyAdded
            | Self::PasskeyRemoved
            | Self::PasskeyCloned
            | Self::TokenReused
            | Self::PinChanged
            | Self::PhoneChanged
            | Self::PinResetAsked
            | Self::PinResetCancelled
            | Self::PinReset
            | Self::PinLocked
            | Self::CodesLocked
            | Self::RecoveryAsked
            | Self::RecoveryCancelled
            | Self::AccountRecovered
            | Self::LoggedOutByStaff
            | Self::WalletClosed => NotificationClass::Security,
            Self::PaymentSent
            | Self::PaymentReceived
            | Self::PaymentAuthorised
            | Self::PaymentToCapture
            | Self::PaymentReleased
            | Self::PaymentNotCaptured
            | Self::PeerPaymentSent
            | Self::PeerPaymentReceived
            | Self::PeerPaymentHeld
            | Self::PeerPaymentReturned
            | Self::RefundReceived
            | Self::RefundSent
            | Self::TopUpCompleted
            | Self::TopUpFailed
            | Self::WithdrawalCompleted
            | Self::WithdrawalFailed
            | Self::FpsPaymentSent
            | Self::FpsPaymentFailed
            | Self::PayLinkClaimed
            | Self::ClaimReceived
            | Self::ReturnReceived
            | Self::DisputeOpened
            | Self::DisputeUnderReview
            | Self::DisputeUpheld
            | Self::DisputeRejected
            | Self::DisputeWithdrawn
            | Self::ScheduleUpcoming
            | Self::ScheduleDelayed
            | Self::ScheduleSkipped
            | Self::SchedulePaused
            | Self::ScheduleEnded => NotificationClass::Money,
            Self::MoneyRequested
            | Self::MoneyRequestReminded
            | Self::MoneyRequestCancelled
            | Self::MoneyRequestDeclined
            | Self::MoneyRequestExpired => NotificationClass::Requests,
            Self::ApplicationInReview
            | Self::ApplicationNeedsMore
            | Self::ApplicationApproved
            | Self::ApplicationRejected
            | Self::ApplicationAbandoned
            | Self::DocumentExpiring
            | Self::DocumentExpired => NotificationClass::Account,
            Self::FriendRequested
            | Self::FriendshipBegun
            | Self::PeerPaymentReacted
            | Self::PeerPaymentCommented => NotificationClass::Friends,
            Self::MessageReceived => NotificationClass::Messages,
            Self::WebhookDisabled => NotificationClass::Shop,
        }
    }
}

/// What a person is not told of in one product. Classes that come later are told.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotificationPreferences {
    /// These are not put into the inbox; the class `security` and all that tells of money, of the
    /// account and of the shop cannot be switched off.
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    switched_off: BTreeSet<NotificationClass>,
}

impl NotificationPreferences {
    /// Refuses it if something is switched off that has to be told.
    pub(crate) fn require_optional(&self) -> Result<(), Refusal> {
        let is_allowed = self.switched_off.iter().all(|class| class.is_optional());
        if is_allowed { Ok(()) } else { Err(NOTIFICATION_NOT_OPTIONAL) }
    }

    /// Whether this is to be told; what has to be is, whatever was stored.
    pub(crate) fn want(&self, kind: NotificationType) -> bool {
        !kind.is_optional() || !self.switched_off.contains(&kind.class())
    }

    /// As stored: codes with commas between.
    pub(crate) fn to_codes(&self) -> String {
        let codes: Vec<&str> = self.switched_off.iter().map(|class| class.code()).collect();
        codes.join(",")
    }

    /// Of what is stored; a class of another version is no matter of this one.
    pub(crate) fn of_codes(codes: &str) -> Self {
        let switched_off = codes.split(',').filter_map(NotificationClass::from_code).collect();
        Self { switched_off }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(classes: &[NotificationClass]) -> NotificationPreferences {
        NotificationPreferences { switched_off: classes.iter().copied().collect() }
    }

    #[test]
    fn each_kind_is_told_unless_its_class_is_switched_off_and_may_be() {
        for class in NotificationClass::ALL {
            let preferences = without(&[*class]);
            assert_eq!(preferences.require_optional().is_ok(), class.is_optional());
            for kind in NotificationType::ALL {
                let is_off = kind.class() == *class && class.is_optional();
                assert_eq!(preferences.want(*kind), !is_off, "{kind:?} without {class:?}");
                assert!(NotificationPreferences::default().want(*kind));
            }
        }
    }

    #[test]
    fn who_switches_everything_off_is_still_told_of_security_money_account_and_shop() {
        use NotificationClass::{Account, Money, Security, Shop};
        let nothing = without(NotificationClass::ALL);
        for kind in NotificationType::ALL {
            let is_told = matches!(kind.class(), Security | Money | Account | Shop);
            assert_eq!(nothing.want(*kind), is_told, "{kind:?}");
        }
    }

    #[test]
    fn what_is_stored_reads_as_it_was_and_what_another_version_stored_is_passed_over() {
        for preferences in [without(&[]), without(&[NotificationClass::Friends])] {
            assert_eq!(NotificationPreferences::of_codes(&preferences.to_codes()), preferences);
        }
        let later = NotificationPreferences::of_codes("poems,messages");
        assert_eq!(later, without(&[NotificationClass::Messages]));
    }
}
