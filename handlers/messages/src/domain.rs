//! The rules: pure, nothing asynchronous.

mod card;
mod membership;
mod message;
mod pace;
mod refusals;
mod report;
mod standing;

pub(crate) use card::{Card, CardStatus, CardType};
pub(crate) use membership::{FORMER_MAX, Membership, Rest, read_event};
pub(crate) use message::Message;
pub(crate) use pace::Pace;
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    NO_CARD, NO_CONVERSATION, NO_CORRESPONDENT, NO_MESSAGE, NO_MESSAGE_REPORT,
};
pub(crate) use report::{
    CONTEXT_MAX, MessageReport, MessageReportDeed, MessageReportReason, Reported, WORDS_KEPT,
};
pub(crate) use standing::{Audience, Standing};
