//! Whom a notification is for, and what it says.

use serde::{Deserialize, Serialize};
use service::Caller;
use utoipa::ToSchema;
use values::{
    ApiClientId, ApplicationId, ClaimId, ConversationId, DisputeId, FpsPaymentId, Language, Money,
    MoneyRequestId, NotificationId, Party, PayLinkId, PaymentId, PaymentRequestId, PeerPaymentId,
    Product, RedPacketId, RefundId, ScheduleId, SettlementId, Timestamp, TopUpId, UserId,
    WebhookEndpointId, WithdrawalId, code_enum,
};

use crate::domain::Message;

/// The inbox of a person in one product; the other product never shows it. Whoever locks several
/// locks them in ascending order, so that no two transactions wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    pub(crate) enum NotificationType {
        /// The person paid a shop.
        PaymentSent = "payment-sent",
        /// The person's shop was paid.
        PaymentReceived = "payment-received",
        /// A shop holds money of the person's, which it may capture.
        PaymentAuthorised = "payment-authorised",
        /// The person's shop holds a payer's money, which it may capture.
        PaymentToCapture = "payment-to-capture",
        /// A shop holds the person's money no longer: it is theirs again.
        PaymentReleased = "payment-released",
        /// The person's shop has not captured a payment in time.
        PaymentNotCaptured = "payment-not-captured",
        /// The person paid another person.
        PeerPaymentSent = "peer-payment-sent",
        /// Another person paid the person.
        PeerPaymentReceived = "peer-payment-received",
        /// What the person pays to another, or by FPS, is held until it is reviewed.
        PeerPaymentHeld = "peer-payment-held",
        /// What was held of the person's is theirs again.
        PeerPaymentReturned = "peer-payment-returned",
        /// A shop gave a payment of the person's back, or a part of it.
        RefundReceived = "refund-received",
        /// The person's shop gave a payment back, or a part of it.
        RefundSent = "refund-sent",
        /// Money came into the person's wallet.
        TopUpCompleted = "top-up-completed",
        /// The person's bank gave no money for a top-up.
        TopUpFailed = "top-up-failed",
        /// Money went to the person's bank account.
        WithdrawalCompleted = "withdrawal-completed",
        /// The person's bank did not take the money.
        WithdrawalFailed = "withdrawal-failed",
        /// The person paid somebody outside by FPS.
        FpsPaymentSent = "fps-payment-sent",
        /// The payee's bank did not take the money.
        FpsPaymentFailed = "fps-payment-failed",
        /// The takings of the person's shop went to its bank account.
        SettlementPaid = "settlement-paid",
        /// They were not paid out, and are in those of the next day.
        SettlementNotPaid = "settlement-not-paid",
        /// The person closed their wallet.
        WalletClosed = "wallet-closed",
        /// Somebody claimed the person's pay link.
        PayLinkClaimed = "pay-link-claimed",
        /// The person claimed a pay link, or a share of a red packet.
        ClaimReceived = "claim-received",
        /// What nobody claimed of the person's pay link or red packet is theirs again.
        ReturnReceived = "return-received",
        /// Somebody logged in to the person's account on a new device.
        DeviceAdded = "device-added",
        /// A device was taken off the person's list.
        DeviceRemoved = "device-removed",
        /// A passkey was made for the person's account.
        PasskeyAdded = "passkey-added",
        /// A passkey was taken off the person's list.
        PasskeyRemoved = "passkey-removed",
        /// A passkey was refused, since there may be a copy of it.
        PasskeyCloned = "passkey-cloned",
        /// A login was ended, since somebody else may have had its tokens.
        TokenReused = "token-reused",
        /// The PIN was changed.
        PinChanged = "pin-changed",
        /// The phone number was changed.
        PhoneChanged = "phone-changed",
        /// Somebody asked for a new PIN in place of a forgotten one.
        PinResetAsked = "pin-reset-asked",
        /// The new PIN was called off.
        PinResetCancelled = "pin-reset-cancelled",
        /// A new PIN was chosen in place of a forgotten one.
        PinReset = "pin-reset",
        /// The PIN was wrong too often.
        PinLocked = "pin-locked",
        /// Too many wrong codes were entered for the person's phone.
        CodesLocked = "codes-locked",
        /// Somebody who says they lost the phone number asked for the account.
        RecoveryAsked = "recovery-asked",
        /// The person called it off.
        RecoveryCancelled = "recovery-cancelled",
        /// The account moved to another phone and number.
        AccountRecovered = "account-recovered",
        /// One of our staff ended all logins of the person.
        LoggedOutByStaff = "logged-out-by-staff",
        /// Another person asks the person for money.
        MoneyRequested = "money-requested",
        /// Another person reminds the person of what they asked for.
        MoneyRequestReminded = "money-request-reminded",
        /// Another person asks the person for money no longer.
        MoneyRequestCancelled = "money-request-cancelled",
        /// Another person said no to the person's request.
        MoneyRequestDeclined = "money-request-declined",
        /// Another person did not pay the person's request in time.
        MoneyRequestExpired = "money-request-expired",
        /// A payer disputes a payment to the person's shop.
        DisputeOpened = "dispute-opened",
        /// Staff decide a dispute of the person's, or with the person's shop.
        DisputeUnderReview = "dispute-under-review",
        /// The payer is right, and has the money back or gets it.
        DisputeUpheld = "dispute-upheld",
        /// The payer is not right.
        DisputeRejected = "dispute-rejected",
        /// A payer took a dispute with the person's shop back.
        DisputeWithdrawn = "dispute-withdrawn",
        /// A date of the person's schedule comes.
        ScheduleUpcoming = "schedule-upcoming",
        /// A date of the person's schedule could not be kept, and is tried again.
        ScheduleDelayed = "schedule-delayed",
        /// A date of the person's schedule was not kept.
        ScheduleSkipped = "schedule-skipped",
        /// The person's schedule is paused, since several dates in a row were not kept.
        SchedulePaused = "schedule-paused",
        /// The last date of the person's schedule is over.
        ScheduleEnded = "schedule-ended",
        /// Staff look at an application of the person's.
        ApplicationInReview = "application-in-review",
        /// The person must do something for their application.
        ApplicationNeedsMore = "application-needs-more",
        /// The person's identity, address or business is known, and they can do more.
        ApplicationApproved = "application-approved",
        /// The person's identity, address or business could not be verified.
        ApplicationRejected = "application-rejected",
        /// The person did not go on with an application.
        ApplicationAbandoned = "application-abandoned",
        /// The document by which the person was verified will expire.
        DocumentExpiring = "document-expiring",
        /// The document by which the person was verified has expired, and they can do less.
        DocumentExpired = "document-expired",
        /// Somebody wrote to the person; there is one of a conversation, of its newest message.
        MessageReceived = "message-received",
        /// Another person asks to be the person's friend.
        FriendRequested = "friend-requested",
        /// Another person has said yes to the person's friend request.
        FriendshipBegun = "friendship-begun",
        /// The person works in a shop of somebody else's, or has another role there.
        ShopRoleGiven = "shop-role-given",
        /// The person works in a shop no more.
        ShopRoleEnded = "shop-role-ended",
        /// Somebody works in the person's shop, or has another role there.
        ShopMemberChanged = "shop-member-changed",
        /// Somebody works in the person's shop no more.
        ShopMemberLeft = "shop-member-left",
        /// The person has offered their shop to somebody who works there.
        ShopHandoverOffered = "shop-handover-offered",
        /// The person is offered a shop in which they work.
        ShopHandoverReceived = "shop-handover-received",
        /// Whoever was offered the person's shop has said no.
        ShopHandoverDeclined = "shop-handover-declined",
        /// The person's shop is another person's now.
        ShopHandedOver = "shop-handed-over",
        /// A shop that the person was offered is theirs now.
        ShopTakenOver = "shop-taken-over",
        /// Others reacted to a payment of the person's; there is one of a payment.
        PeerPaymentReacted = "peer-payment-reacted",
        /// Others commented on a payment of the person's, or on which the person commented before;
        /// there is one of a payment.
        PeerPaymentCommented = "peer-payment-commented",
        /// The person's shop is sent no webhooks any more at one of its addresses.
        WebhookDisabled = "webhook-disabled",
        /// The credential of a program of the person's shop ends soon.
        ApiCredentialExpiring = "api-credential-expiring",
    }
}

/// What somebody is to be told, not yet in any language.
pub(crate) struct Notice {
    pub(crate) mailbox: Mailbox,
    pub(crate) message: Message,
    pub(crate) facts: Facts,
}

impl Notice {
    pub(crate) const fn notification_type(&self) -> NotificationType {
        self.message.notification_type()
    }
}

/// What a screen shows or opens without reading the sentences.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Facts {
    /// What has moved, or was to move.
    pub(crate) amount: Option<Money>,
    /// Who paid or was paid, asks or was asked, also to be a friend; null if nobody else is
    /// concerned.
    pub(crate) counterparty: Option<Party>,
    /// The payment that was made, or is given back; null unless it is about one.
    pub(crate) payment_id: Option<PaymentId>,
    /// Null unless it is about a payment between people.
    pub(crate) peer_payment_id: Option<PeerPaymentId>,
    /// What the payer, the shop that refunds, or who asks for money said with it; null if nothing.
    pub(crate) note: Option<String>,
    /// The request that the payment paid; null unless it is about such a payment.
    pub(crate) payment_request_id: Option<PaymentRequestId>,
    /// Null unless it is about a refund.
    pub(crate) refund_id: Option<RefundId>,
    /// Null unless it is about a top-up.
    pub(crate) top_up_id: Option<TopUpId>,
    /// Null unless it is about a withdrawal.
    pub(crate) withdrawal_id: Option<WithdrawalId>,
    /// Null unless it is about a shop's takings.
    pub(crate) settlement_id: Option<SettlementId>,
    /// Null unless it is about a payment by FPS.
    pub(crate) fps_payment_id: Option<FpsPaymentId>,
    /// The request between people that it is about, or that the payment paid; null otherwise.
    pub(crate) money_request_id: Option<MoneyRequestId>,
    /// The pay link that was claimed or came back; null unless it is about one.
    pub(crate) pay_link_id: Option<PayLinkId>,
    /// The red packet that was claimed from, or whose rest came back; null unless it is about one.
    pub(crate) red_packet_id: Option<RedPacketId>,
    /// What was claimed; null unless it is about that.
    pub(crate) claim_id: Option<ClaimId>,
    /// Null unless it is about a dispute.
    pub(crate) dispute_id: Option<DisputeId>,
    /// The person's schedule that it is about; null unless it is about one.
    pub(crate) schedule_id: Option<ScheduleId>,
    /// The person's application to onboarding that it is about; null unless it is about one.
    pub(crate) application_id: Option<ApplicationId>,
    /// Null unless it is about a message.
    pub(crate) conversation_id: Option<ConversationId>,
    /// Null unless it is about one.
    pub(crate) webhook_endpoint_id: Option<WebhookEndpointId>,
    /// The credential of a shop's program that it is about; null unless it is about one.
    pub(crate) client_id: Option<ApiClientId>,
}

/// A delivered notification.
#[derive(Serialize, ToSchema)]
pub(crate) struct Notification {
    pub(crate) notification_id: NotificationId,
    /// As stored: another version may know types that this one does not, and says in the title and
    /// the body all that there is to read.
    #[serde(rename = "type")]
    #[schema(value_type = NotificationType)]
    pub(crate) notification_type: String,
    #[schema(example = "Payment sent")]
    pub(crate) title: String,
    #[schema(example = "You paid HK$128.50 to 永記茶餐廳.")]
    pub(crate) body: String,
    /// What the title and the body are written in; as stored, like the type.
    #[schema(value_type = Language)]
    pub(crate) language: String,
    #[serde(flatten)]
    pub(crate) facts: Facts,
    pub(crate) is_read: bool,
    pub(crate) created_at: Timestamp,
}
