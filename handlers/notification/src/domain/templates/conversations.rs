//! What people are told of conversations: that there is something to read, and not a word of it,
//! which would stand on a locked screen.

use values::{Language, SUPPORT_NAME};

use crate::domain::NotificationType;

/// Somebody wrote to the reader.
#[derive(Clone)]
pub(crate) struct MessageNews {
    /// Staff did, as support.
    pub(crate) is_support: bool,
    /// As the reader may see it; empty if none was chosen.
    pub(crate) sender_name: String,
    /// What the group is called in which it was; none between two people.
    pub(crate) group_name: Option<String>,
}

impl MessageNews {
    #[expect(clippy::unused_self, reason = "as the other subjects")]
    pub(super) const fn notification_type(&self) -> NotificationType {
        NotificationType::MessageReceived
    }

    fn name_or<'a>(&'a self, nameless: &'a str, language: Language) -> &'a str {
        match (self.is_support, self.sender_name.is_empty()) {
            (true, _) => SUPPORT_NAME.in_language(language),
            (false, true) => nameless,
            (false, false) => &self.sender_name,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let name = self.name_or("Another person", Language::English);
        let body = match &self.group_name {
            None => format!("{name} sent you a message."),
            Some(group_name) => format!("{name} wrote in {group_name}."),
        };
        ("New message", body)
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用戶", Language::TraditionalChinese);
        let body = match &self.group_name {
            None => format!("{name}傳送了訊息給你。"),
            Some(group_name) => format!("{name}在「{group_name}」傳送了訊息。"),
        };
        ("新訊息", body)
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用户", Language::SimplifiedChinese);
        let body = match &self.group_name {
            None => format!("{name}给您发了消息。"),
            Some(group_name) => format!("{name}在“{group_name}”发了消息。"),
        };
        ("新消息", body)
    }
}
