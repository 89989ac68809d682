//! What notifications say, in every language.

mod bank;
mod money_requests;
mod parcels;
mod peer;
mod security;
mod shop;

use values::Language;

use crate::domain::NotificationType;
pub(crate) use parcels::ParcelMessage;

pub(crate) use bank::BankMessage;
pub(crate) use money_requests::{MoneyRequestChange, MoneyRequestNews};
pub(crate) use peer::PeerMessage;
pub(crate) use security::SecurityMessage;
pub(crate) use shop::ShopMessage;

/// What a person is told.
pub(crate) enum Message {
    Shop(ShopMessage),
    Peer(PeerMessage),
    Bank(BankMessage),
    Security(SecurityMessage),
    MoneyRequest(MoneyRequestNews),
    Parcel(ParcelMessage),
}

/// A message as its reader sees it.
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) body: String,
}

impl Message {
    pub(crate) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::Shop(message) => message.notification_type(),
            Self::Peer(message) => message.notification_type(),
            Self::Bank(message) => message.notification_type(),
            Self::Security(message) => message.notification_type(),
            Self::MoneyRequest(news) => news.notification_type(),
            Self::Parcel(message) => message.notification_type(),
        }
    }

    /// What it says to a reader of this language.
    pub(crate) fn for_reader(&self, language: Language) -> Text {
        let (title, body) = match self {
            Self::Shop(message) => message.text(language),
            Self::Peer(message) => message.text(language),
            Self::Bank(message) => message.text(language),
            Self::Security(message) => message.text(language),
            Self::MoneyRequest(news) => news.text(language),
            Self::Parcel(message) => message.text(language),
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
mod tests;
