//! The rules of notifications: pure, nothing asynchronous.

mod notification;
mod push_token;
mod refusals;
mod templates;

pub(crate) use notification::{Facts, Mailbox, Notice, Notification, NotificationType};
pub(crate) use push_token::{PushPlatform, PushToken};
pub(crate) use refusals::NO_NOTIFICATION;
pub use refusals::REFUSALS;
pub(crate) use templates::{
    ApplicationChange, ApplicationNews, Applied, BankMessage, DisputeChange, DisputeNews,
    FriendChange, FriendNews, Message, MessageNews, MoneyRequestChange, MoneyRequestNews, Obstacle,
    ParcelMessage, PeerMessage, Planned, ScheduleChange, ScheduleNews, SecurityMessage,
    ShopMessage, Text,
};
