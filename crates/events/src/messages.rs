//! Events of `messages`. None carries a word of what was said.

use serde::{Deserialize, Serialize};

use crate::Event;

/// Somebody said something, or showed money, in a conversation, and others are to be told. Its
/// subject is the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSentV1 {
    /// `cnv_…`
    pub conversation_id: String,
    /// `msg_…`
    pub message_id: String,
    /// Counts the messages of the conversation; not each of them is told.
    pub number: u32,
    /// `usr_…`
    pub sender_id: String,
    /// Whether staff say it, as support. Absent of an older sender: a person does.
    #[serde(default)]
    pub is_support: bool,
    /// What its members call the group; none between two people. Personal data.
    pub group_name: Option<String>,
    /// Whoever is to be told: not the sender, nobody who has muted the conversation or may not read
    /// the message.
    pub told: Vec<ToldV1>,
    /// RFC 3339 in UTC.
    pub sent_at: String,
}

impl Event for MessageSentV1 {
    const TYPE: &'static str = "payme.messages.message-sent.v1";
}

/// Somebody who is told of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldV1 {
    /// `usr_…`
    pub user_id: String,
    /// The sender's name, as this one may be shown it; empty if none was chosen. Personal data.
    pub sender_name: String,
}

/// Somebody has nothing unread in a conversation any more. Its subject is the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationReadV1 {
    /// `cnv_…`
    pub conversation_id: String,
    /// `usr_…`
    pub user_id: String,
    /// Of the last message that there is for them.
    pub number: u32,
    /// RFC 3339 in UTC.
    pub read_at: String,
}

impl Event for ConversationReadV1 {
    const TYPE: &'static str = "payme.messages.conversation-read.v1";
}

/// Somebody types in a conversation. It is of interest for seconds: nobody keeps it. Its subject is
/// the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingBeganV1 {
    /// `cnv_…`
    pub conversation_id: String,
    /// `usr_…` of who types.
    pub user_id: String,
    /// `usr_…` of whoever is to be told.
    pub told: Vec<String>,
    /// RFC 3339 in UTC.
    pub began_at: String,
}

impl Event for TypingBeganV1 {
    const TYPE: &'static str = "payme.messages.typing-began.v1";
}
