//! What a shop's owner is told of the programs that act for the shop.

use crate::domain::NotificationType;

/// The credential of a program ends soon.
pub(crate) struct CredentialNews {
    /// By which the owner knows it.
    pub(crate) name: String,
    /// The one that has begun included.
    pub(crate) days_left: u32,
}

impl CredentialNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        NotificationType::ApiCredentialExpiring
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let when = match self.days_left {
            0 | 1 => "within a day".to_owned(),
            days => format!("in {days} days"),
        };
        let body = format!(
            "The API credential “{}” ends {when}. Make the next one and use it before then, or \
             your system will be refused.",
            self.name
        );
        ("API credential ends soon", body)
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let when = match self.days_left {
            0 | 1 => "一日內".to_owned(),
            days => format!(" {days} 日後"),
        };
        let name = &self.name;
        let body = format!(
            "API 憑證「{name}」將於{when}到期，請在此之前建立並改用新憑證，否則你的系統將無法使用。"
        );
        ("API 憑證即將到期", body)
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let when = match self.days_left {
            0 | 1 => "一天内".to_owned(),
            days => format!(" {days} 天后"),
        };
        let name = &self.name;
        let body = format!(
            "API 凭证“{name}”将于{when}到期，请在此之前创建并改用新凭证，否则您的系统将无法使用。"
        );
        ("API 凭证即将到期", body)
    }
}
