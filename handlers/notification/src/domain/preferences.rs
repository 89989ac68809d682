//! What a person may switch off, and what has to be told.

use std::collections::BTreeSet;

use serde::Serialize;
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
    #[expect(clippy::too_many_lines, reason = "a table")]
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
            Self::ShopRoleGiven
            | Self::ShopRoleEnded
            | Self::ShopMemberChanged
            | Self::ShopMemberLeft
            | Self::WebhookDisabled
            | Self::ApiCredentialExpiring => NotificationClass::Shop,
        }
    }
}

/// What a person is not told of in one product. Classes that come later are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NotificationPreferences {
    /// These are not put into the inbox.
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    switched_off: BTreeSet<NotificationClass>,
    /// Counts the changes, from 1: nothing was chosen yet.
    pub(crate) version: u32,
    /// Codes that only another version of this program knows, for which they are kept.
    #[serde(skip)]
    unknown: BTreeSet<String>,
}

impl NotificationPreferences {
    /// Switches these off, and all others on; whether that changes anything. Refuses it if one of
    /// them has to be told.
    pub(crate) fn switch_off(
        &mut self,
        classes: BTreeSet<NotificationClass>,
    ) -> Result<bool, Refusal> {
        if !classes.iter().all(|class| class.is_optional()) {
            return Err(NOTIFICATION_NOT_OPTIONAL);
        }
        let is_changed = self.switched_off != classes;
        if is_changed {
            self.switched_off = classes;
            self.version = self.version.saturating_add(1);
        }
        Ok(is_changed)
    }

    /// Whether this is to be told; what has to be is, whatever was stored.
    pub(crate) fn want(&self, kind: NotificationType) -> bool {
        !kind.is_optional() || !self.switched_off.contains(&kind.class())
    }

    /// As stored: codes with commas between.
    pub(crate) fn to_codes(&self) -> String {
        let codes = self.switched_off.iter().map(|class| class.code());
        codes.chain(self.unknown.iter().map(String::as_str)).collect::<Vec<&str>>().join(",")
    }

    /// Of what is stored.
    pub(crate) fn of_codes(codes: &str, version: u32) -> Self {
        let mut preferences = Self { version, ..Self::default() };
        for code in codes.split(',').filter(|code| !code.is_empty()) {
            match NotificationClass::from_code(code) {
                Some(class) => drop(preferences.switched_off.insert(class)),
                None => drop(preferences.unknown.insert(code.to_owned())),
            }
        }
        preferences
    }
}

impl Default for NotificationPreferences {
    fn default() -> Self {
        Self { switched_off: BTreeSet::new(), version: 1, unknown: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(classes: &[NotificationClass]) -> NotificationPreferences {
        let switched_off = classes.iter().copied().collect();
        NotificationPreferences { switched_off, ..NotificationPreferences::default() }
    }

    #[test]
    fn each_kind_is_told_unless_its_class_is_switched_off_and_may_be() {
        for class in NotificationClass::ALL {
            let preferences = without(&[*class]);
            let mut all_on = NotificationPreferences::default();
            let is_allowed = all_on.switch_off([*class].into()).is_ok();
            assert_eq!(is_allowed, class.is_optional());
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
    fn what_is_stored_reads_as_it_was_and_what_another_version_stored_is_kept_for_it() {
        for preferences in [without(&[]), without(&[NotificationClass::Friends])] {
            assert_eq!(NotificationPreferences::of_codes(&preferences.to_codes(), 1), preferences);
        }
        let mut later = NotificationPreferences::of_codes("poems,messages", 7);
        assert!(!later.switch_off([NotificationClass::Messages].into()).unwrap());
        assert!(later.switch_off([NotificationClass::Friends].into()).unwrap());
        assert_eq!((later.to_codes().as_str(), later.version), ("friends,poems", 8));
    }
}
