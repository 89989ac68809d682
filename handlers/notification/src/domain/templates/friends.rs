//! What people are told of being asked to be a friend, and of a yes. Of a no nobody is told.

use crate::domain::NotificationType;

/// What happened between two people, as its reader is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FriendChange {
    /// The other asks the reader.
    Requested,
    /// The other has said yes to the reader.
    Begun,
}

/// A change between the reader and another person.
pub(crate) struct FriendNews {
    pub(crate) change: FriendChange,
    /// The other person's, masked until they are friends; empty if they have not chosen one.
    pub(crate) name: String,
}

impl FriendNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.change {
            FriendChange::Requested => NotificationType::FriendRequested,
            FriendChange::Begun => NotificationType::FriendshipBegun,
        }
    }

    fn name_or<'a>(&'a self, nameless: &'a str) -> &'a str {
        if self.name.is_empty() { nameless } else { &self.name }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let name = self.name_or("Another person");
        match self.change {
            FriendChange::Requested => {
                ("Friend request", format!("{name} would like to be your friend."))
            }
            FriendChange::Begun => ("New friend", format!("{name} is your friend now.")),
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用戶");
        match self.change {
            FriendChange::Requested => ("好友邀請", format!("{name}想加你為好友。")),
            FriendChange::Begun => ("新好友", format!("{name}已成為你的好友。")),
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用户");
        match self.change {
            FriendChange::Requested => ("好友邀请", format!("{name}想加您为好友。")),
            FriendChange::Begun => ("新好友", format!("{name}已成为您的好友。")),
        }
    }
}

#[cfg(test)]
mod tests {
    use values::Language;

    use super::*;
    use crate::domain::Message;

    /// What readers of English, Traditional and Simplified Chinese are told.
    fn bodies(change: FriendChange, name: &str) -> [String; 3] {
        let message = Message::Friend(FriendNews { change, name: name.to_owned() });
        [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese]
            .map(|reader| message.for_reader(reader).body)
    }

    #[test]
    fn a_request_and_a_yes_are_told_in_the_readers_language() {
        let asked = [
            "陳***文 would like to be your friend.",
            "陳***文想加你為好友。",
            "陳***文想加您为好友。",
        ];
        assert_eq!(bodies(FriendChange::Requested, "陳***文"), asked);
        let begun = [
            "Another person is your friend now.",
            "另一位用戶已成為你的好友。",
            "另一位用户已成为您的好友。",
        ];
        assert_eq!(bodies(FriendChange::Begun, ""), begun);
    }
}
