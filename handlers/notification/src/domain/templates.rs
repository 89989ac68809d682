//! What notifications say, in every language.

mod applications;
mod bank;
mod conversations;
mod disputes;
mod friends;
mod handovers;
mod money_requests;
mod parcels;
mod peer;
mod programs;
mod remarks;
mod schedules;
mod security;
mod settlements;
mod shop;
mod staff;
mod webhooks;

use values::Language;

use crate::domain::NotificationType;

pub(crate) use applications::{ApplicationChange, ApplicationNews, Applied};
pub(crate) use bank::BankMessage;
pub(crate) use conversations::MessageNews;
pub(crate) use disputes::{DisputeChange, DisputeNews};
pub(crate) use friends::{FriendChange, FriendNews};
pub(crate) use handovers::{HandoverChange, HandoverNews};
pub(crate) use money_requests::{MoneyRequestChange, MoneyRequestNews};
pub(crate) use parcels::ParcelMessage;
pub(crate) use peer::PeerMessage;
pub(crate) use programs::CredentialNews;
pub(crate) use remarks::{RemarkKind, RemarkNews};
pub(crate) use schedules::{Obstacle, Planned, ScheduleChange, ScheduleNews};
pub(crate) use security::SecurityMessage;
pub(crate) use settlements::{NotPaid, SettlementNews};
pub(crate) use shop::ShopMessage;
pub(crate) use staff::{StaffNews, StaffReader};
pub(crate) use webhooks::WebhookNews;

/// What a person is told.
pub(crate) enum Message {
    Shop(ShopMessage),
    Peer(PeerMessage),
    Bank(BankMessage),
    Security(SecurityMessage),
    MoneyRequest(MoneyRequestNews),
    Parcel(ParcelMessage),
    Dispute(DisputeNews),
    Schedule(ScheduleNews),
    Settlement(SettlementNews),
    Application(ApplicationNews),
    Conversation(MessageNews),
    Friend(FriendNews),
    Remark(RemarkNews),
    Webhook(WebhookNews),
    Credential(CredentialNews),
    Staff(StaffNews),
    Handover(HandoverNews),
}

/// A message as its reader sees it.
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) body: String,
}

/// What a method of each subject's messages gives.
macro_rules! of_any {
    ($message:expr, $method:ident) => {
        match $message {
            Message::Shop(message) => message.$method(),
            Message::Peer(message) => message.$method(),
            Message::Bank(message) => message.$method(),
            Message::Security(message) => message.$method(),
            Message::MoneyRequest(message) => message.$method(),
            Message::Parcel(message) => message.$method(),
            Message::Dispute(news) => news.$method(),
            Message::Schedule(message) => message.$method(),
            Message::Settlement(news) => news.$method(),
            Message::Application(news) => news.$method(),
            Message::Conversation(news) => news.$method(),
            Message::Friend(news) => news.$method(),
            Message::Remark(news) => news.$method(),
            Message::Webhook(news) => news.$method(),
            Message::Credential(news) => news.$method(),
            Message::Staff(news) => news.$method(),
            Message::Handover(news) => news.$method(),
        }
    };
}

impl Message {
    pub(crate) const fn notification_type(&self) -> NotificationType {
        of_any!(self, notification_type)
    }

    /// What it says to a reader of this language.
    pub(crate) fn for_reader(&self, language: Language) -> Text {
        let (title, body) = match language {
            Language::English => of_any!(self, english),
            Language::TraditionalChinese => of_any!(self, traditional_chinese),
            Language::SimplifiedChinese => of_any!(self, simplified_chinese),
        };
        Text { language, title, body }
    }
}

/// A colon and quotes, as English has them.
const QUOTES: [&str; 2] = [": “", "”"];

/// What the payer said, in quotes after a colon, or else the end of the sentence.
fn said(note: &Option<String>, [open, close]: [&str; 2], end: &str) -> String {
    note.as_ref().map_or_else(|| end.to_owned(), |note| format!("{open}{note}{close}"))
}

#[cfg(test)]
mod money_tests;
#[cfg(test)]
mod tests;
