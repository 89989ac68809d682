//! What people are told of conversations: that there is something to read, and not a word of it,
//! which would stand on a locked screen.

use crate::domain::NotificationType;

/// Somebody wrote to the reader.
#[derive(Clone)]
pub(crate) struct MessageNews {
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

    fn name_or<'a>(&'a self, nameless: &'a str) -> &'a str {
        if self.sender_name.is_empty() { nameless } else { &self.sender_name }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let name = self.name_or("Another person");
        let body = match &self.group_name {
            None => format!("{name} sent you a message."),
            Some(group_name) => format!("{name} wrote in {group_name}."),
        };
        ("New message", body)
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用戶");
        let body = match &self.group_name {
            None => format!("{name}傳送了訊息給你。"),
            Some(group_name) => format!("{name}在「{group_name}」傳送了訊息。"),
        };
        ("新訊息", body)
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用户");
        let body = match &self.group_name {
            None => format!("{name}给您发了消息。"),
            Some(group_name) => format!("{name}在“{group_name}”发了消息。"),
        };
        ("新消息", body)
    }
}
