//! The rules: pure, nothing asynchronous.

mod card;
mod case_number;
mod case_subject;
mod membership;
mod message;
mod pace;
mod refusals;
mod report;
mod standing;
mod support_case;

pub(crate) use card::{Card, CardStatus, CardType};
pub(crate) use case_number::CaseNumber;
pub(crate) use case_subject::CaseSubject;
pub(crate) use membership::{CasePlace, FORMER_MAX, Membership, Rest, read_event};
pub(crate) use message::Message;
pub(crate) use pace::Pace;
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    NO_CARD, NO_CONVERSATION, NO_CORRESPONDENT, NO_MESSAGE, NO_MESSAGE_REPORT, NO_SUPPORT_CASE,
};
pub(crate) use report::{
    CONTEXT_MAX, MessageReport, MessageReportDeed, MessageReportReason, Reported, WORDS_KEPT,
};
pub(crate) use standing::{Audience, Standing};
pub(crate) use support_case::{
    CASE_KEPT, Claim, SUPPORT, SupportCase, SupportCategory, SupportDeed, SupportOutcome,
    SupportStatus, WINDOW, require_room,
};
