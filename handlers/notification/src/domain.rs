//! The rules of notifications: pure, nothing asynchronous.

mod giving_up;
mod notification;
mod preferences;
mod program_key;
mod program_request;
mod public_address;
mod push;
mod push_token;
mod quiet_hours;
mod refusals;
mod retry_ladder;
mod templates;
mod told_shops;
mod turn_course;
mod webhook;
mod webhook_payload;
mod webhook_secret;
mod webhook_url;

pub(crate) use giving_up::disabled_after;
pub(crate) use notification::{Facts, Mailbox, Notice, Notification, NotificationType};
pub(crate) use preferences::{Choice, ClassSet, NotificationClass, NotificationPreferences};
pub(crate) use program_key::{NoEnd, ProgramKey};
pub(crate) use program_request::ProgramRequest;
pub(crate) use public_address::is_public;
pub(crate) use push::{BURST, BURST_MAX, DEVICES_MAX, HELD_KIND, PUSH_LIFETIME, Push};
pub(crate) use push_token::{PushPlatform, PushToken};
pub(crate) use quiet_hours::QuietHours;
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    NO_NOTIFICATION, NO_WEBHOOK_DELIVERY, NO_WEBHOOK_ENDPOINT, TOO_MANY_WEBHOOK_ENDPOINTS,
    TOO_MANY_WEBHOOK_TESTS, WEBHOOK_ENDPOINT_NOT_ENABLED, WEBHOOK_REDELIVERIES_THROTTLED,
};
pub(crate) use retry_ladder::next_try_after;
pub(crate) use templates::{
    ApplicationChange, ApplicationNews, Applied, BankMessage, CredentialNews, DisputeChange,
    DisputeNews, FriendChange, FriendNews, HandoverChange, HandoverNews, Message, MessageNews,
    MoneyRequestChange, MoneyRequestNews, NotPaid, Obstacle, ParcelMessage, PeerMessage, Planned,
    RemarkKind, RemarkNews, ScheduleChange, ScheduleNews, SecurityMessage, SettlementNews,
    ShopMessage, StaffNews, StaffReader, Text, WebhookNews,
};
pub(crate) use told_shops::ToldShops;
pub(crate) use turn_course::TurnCourse;
pub(crate) use webhook::{
    AttemptOutcome, DeliveryState, DisabledReason, ENDPOINTS_PER_BUSINESS_MAX, EndpointStatus,
    FAILING_HOURS_MAX, Lane, OLD_SECRET_HOURS, REDELIVERIES_MAX, TEST_TYPE, WAITING_TESTS_MAX,
    WantedTypes, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookMessage,
    WebhookMessageType, WebhookReader, WebhookType,
};
pub(crate) use webhook_payload::{payload, test_payload};
pub(crate) use webhook_secret::{WebhookSecret, signatures};
pub(crate) use webhook_url::{WebhookUrl, is_ours};
