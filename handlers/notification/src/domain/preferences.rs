//! What a person may switch off, and what has to be told.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use values::{Refusal, code_enum};

use super::notification::NotificationType;
use super::quiet_hours::QuietHours;
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
    pub(crate) const fn class(self) -> NotificationClass {
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
            | Self::WalletClosed
            | Self::ShopHandoverOffered
            | Self::ShopHandedOver => NotificationClass::Security,
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
            | Self::SettlementPaid
            | Self::SettlementNotPaid
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
            | Self::ShopHandoverReceived
            | Self::ShopHandoverDeclined
            | Self::ShopTakenOver
            | Self::WebhookDisabled
            | Self::ApiCredentialExpiring => NotificationClass::Shop,
        }
    }
}

/// What a person is not told of in one product, and what they are not woken by. Classes that come
/// later are told and pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NotificationPreferences {
    /// These are not put into the inbox.
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    switched_off: ClassSet,
    /// These are put into the inbox, and never pushed to a device.
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    not_pushed: ClassSet,
    /// When pushes wait, but for those of security and money; null if they never do.
    quiet_hours: Option<QuietHours>,
    /// Counts the changes, from 1: nothing was chosen yet.
    pub(crate) version: u32,
}

/// Some classes, and the codes that only another version of this program knows, for which they are
/// kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct ClassSet {
    known: BTreeSet<NotificationClass>,
    #[serde(skip)]
    unknown: BTreeSet<String>,
}

impl ClassSet {
    /// As stored: codes with commas between.
    pub(crate) fn to_codes(&self) -> String {
        let codes = self.known.iter().map(|class| class.code());
        codes.chain(self.unknown.iter().map(String::as_str)).collect::<Vec<&str>>().join(",")
    }

    /// Of what is stored.
    pub(crate) fn of_codes(codes: &str) -> Self {
        let mut set = Self::default();
        for code in codes.split(',').filter(|code| !code.is_empty()) {
            match NotificationClass::from_code(code) {
                Some(class) => drop(set.known.insert(class)),
                None => drop(set.unknown.insert(code.to_owned())),
            }
        }
        set
    }
}

/// What somebody chooses; what is none here stays as it is.
#[derive(Default)]
pub(crate) struct Choice {
    pub(crate) switched_off: Option<BTreeSet<NotificationClass>>,
    pub(crate) not_pushed: Option<BTreeSet<NotificationClass>>,
    pub(crate) quiet_hours: Option<Option<QuietHours>>,
}

impl NotificationPreferences {
    /// As stored.
    pub(crate) const fn stored(
        switched_off: ClassSet,
        not_pushed: ClassSet,
        quiet_hours: Option<QuietHours>,
        version: u32,
    ) -> Self {
        Self { switched_off, not_pushed, quiet_hours, version }
    }

    /// Takes a choice; whether that changes anything. Refuses it if it would leave something
    /// untold that has to be told.
    pub(crate) fn choose(&mut self, choice: Choice) -> Result<bool, Refusal> {
        let before = self.clone();
        if let Some(classes) = choice.switched_off {
            if !classes.iter().all(|class| class.is_optional()) {
                return Err(NOTIFICATION_NOT_OPTIONAL);
            }
            self.switched_off.known = classes;
        }
        if let Some(classes) = choice.not_pushed {
            if classes.contains(&NotificationClass::Security) {
                return Err(NOTIFICATION_NOT_OPTIONAL);
            }
            self.not_pushed.known = classes;
        }
        self.quiet_hours = choice.quiet_hours.unwrap_or(self.quiet_hours);
        let is_changed = *self != before;
        if is_changed {
            self.version = self.version.saturating_add(1);
        }
        Ok(is_changed)
    }

    /// Whether this is to be told; what has to be is, whatever was stored.
    pub(crate) fn want(&self, kind: NotificationType) -> bool {
        !kind.is_optional() || !self.switched_off.known.contains(&kind.class())
    }

    /// Whether what is told is pushed too; security is, whatever was stored.
    pub(crate) fn want_push(&self, class: NotificationClass) -> bool {
        class == NotificationClass::Security || !self.not_pushed.known.contains(&class)
    }

    pub(crate) const fn switched_off(&self) -> &ClassSet {
        &self.switched_off
    }

    pub(crate) const fn not_pushed(&self) -> &ClassSet {
        &self.not_pushed
    }

    pub(crate) const fn quiet_hours(&self) -> Option<QuietHours> {
        self.quiet_hours
    }
}

impl Default for NotificationPreferences {
    fn default() -> Self {
        Self::stored(ClassSet::default(), ClassSet::default(), None, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(classes: &[NotificationClass]) -> Choice {
        let switched_off = Some(classes.iter().copied().collect());
        Choice { switched_off, ..Choice::default() }
    }

    fn without(classes: &[NotificationClass]) -> NotificationPreferences {
        let known = classes.iter().copied().collect();
        let switched_off = ClassSet { known, ..ClassSet::default() };
        NotificationPreferences { switched_off, ..NotificationPreferences::default() }
    }

    #[test]
    fn each_kind_is_told_unless_its_class_is_switched_off_and_may_be() {
        for class in NotificationClass::ALL {
            let preferences = without(&[*class]);
            let mut all_on = NotificationPreferences::default();
            let is_allowed = all_on.choose(off(&[*class])).is_ok();
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
    fn each_class_can_be_left_to_the_inbox_but_security() {
        for class in NotificationClass::ALL {
            let mut chosen = NotificationPreferences::default();
            let choice = Choice { not_pushed: Some([*class].into()), ..Choice::default() };
            let is_security = *class == NotificationClass::Security;
            assert_eq!(chosen.choose(choice).is_err(), is_security);
            assert_eq!(chosen.want_push(*class), is_security);
        }
        let stored = ClassSet::of_codes("security");
        let chosen = NotificationPreferences { not_pushed: stored, ..without(&[]) };
        assert!(chosen.want_push(NotificationClass::Security));
    }

    #[test]
    fn what_is_stored_reads_as_it_was_and_what_another_version_stored_is_kept_for_it() {
        for codes in ["", "friends", "messages,poems"] {
            assert_eq!(ClassSet::of_codes(codes).to_codes(), codes);
        }
        let stored = ClassSet::of_codes("poems,messages");
        let mut later =
            NotificationPreferences { switched_off: stored, version: 7, ..without(&[]) };
        assert!(!later.choose(off(&[NotificationClass::Messages])).unwrap());
        assert!(later.choose(off(&[NotificationClass::Friends])).unwrap());
        assert_eq!((later.switched_off.to_codes().as_str(), later.version), ("friends,poems", 8));
    }
}
