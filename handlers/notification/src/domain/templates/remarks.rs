//! What people are told of reactions to payments and comments on them: who and how many, and not a
//! word or an amount, which would stand on a locked screen.

use crate::domain::NotificationType;

/// How others have answered to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RemarkKind {
    Reaction,
    Comment,
}

/// Somebody reacted or commented, and others before them.
pub(crate) struct RemarkNews {
    pub(crate) kind: RemarkKind,
    /// Whether the reader paid or was paid; otherwise they have commented before.
    pub(crate) is_own_payment: bool,
    /// Of who did it last, as the reader may see it; empty if none was chosen.
    pub(crate) by_name: String,
    /// How many other people did it.
    pub(crate) others: u32,
}

impl RemarkNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self.kind {
            RemarkKind::Reaction => NotificationType::PeerPaymentReacted,
            RemarkKind::Comment => NotificationType::PeerPaymentCommented,
        }
    }

    fn name_or<'a>(&'a self, nameless: &'a str) -> &'a str {
        if self.by_name.is_empty() { nameless } else { &self.by_name }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let name = self.name_or("Another person");
        let who = match self.others {
            0 => name.to_owned(),
            1 => format!("{name} and 1 other"),
            others => format!("{name} and {others} others"),
        };
        match (self.kind, self.is_own_payment) {
            (RemarkKind::Reaction, _) => {
                ("New reaction", format!("{who} reacted to your payment."))
            }
            (RemarkKind::Comment, true) => {
                ("New comment", format!("{who} commented on your payment."))
            }
            (RemarkKind::Comment, false) => {
                ("New comment", format!("{who} commented on a payment after you."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用戶");
        let who = match self.others {
            0 => name.to_owned(),
            others => format!("{name}及其他 {others} 人"),
        };
        match (self.kind, self.is_own_payment) {
            (RemarkKind::Reaction, _) => ("新心情", format!("{who}對你的付款表達了心情。")),
            (RemarkKind::Comment, true) => ("新留言", format!("{who}在你的付款留言。")),
            (RemarkKind::Comment, false) => ("新留言", format!("{who}也在你留言過的付款留言。")),
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let name = self.name_or("另一位用户");
        let who = match self.others {
            0 => name.to_owned(),
            others => format!("{name}及其他 {others} 人"),
        };
        match (self.kind, self.is_own_payment) {
            (RemarkKind::Reaction, _) => ("新心情", format!("{who}对您的付款表达了心情。")),
            (RemarkKind::Comment, true) => ("新评论", format!("{who}评论了您的付款。")),
            (RemarkKind::Comment, false) => ("新评论", format!("{who}也评论了您评论过的付款。")),
        }
    }
}

#[cfg(test)]
mod tests {
    use values::Language;

    use super::*;
    use crate::domain::Message;

    /// What readers of English, Traditional and Simplified Chinese are told.
    fn bodies(kind: RemarkKind, is_own_payment: bool, by_name: &str, others: u32) -> [String; 3] {
        let by_name = by_name.to_owned();
        let message = Message::Remark(RemarkNews { kind, is_own_payment, by_name, others });
        [Language::English, Language::TraditionalChinese, Language::SimplifiedChinese]
            .map(|reader| message.for_reader(reader).body)
    }

    #[test]
    fn reactions_and_comments_are_counted_in_the_readers_language() {
        let many = [
            "小明 and 9 others reacted to your payment.",
            "小明及其他 9 人對你的付款表達了心情。",
            "小明及其他 9 人对您的付款表达了心情。",
        ];
        assert_eq!(bodies(RemarkKind::Reaction, true, "小明", 9), many);
        let two = [
            "小明 and 1 other commented on your payment.",
            "小明及其他 1 人在你的付款留言。",
            "小明及其他 1 人评论了您的付款。",
        ];
        assert_eq!(bodies(RemarkKind::Comment, true, "小明", 1), two);
        let nameless = [
            "Another person commented on a payment after you.",
            "另一位用戶也在你留言過的付款留言。",
            "另一位用户也评论了您评论过的付款。",
        ];
        assert_eq!(bodies(RemarkKind::Comment, false, "", 0), nameless);
    }
}
