//! What a shop's owner is told of where its webhooks go.

use crate::domain::{DisabledReason, NotificationType};

/// An endpoint of the reader's shop is sent nothing any more.
pub(crate) struct WebhookNews {
    pub(crate) reason: DisabledReason,
}

impl WebhookNews {
    pub(super) const fn notification_type(&self) -> NotificationType {
        NotificationType::WebhookDisabled
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        let body = match self.reason {
            DisabledReason::Gone => {
                "Your system says that it wants no more webhooks, so we have stopped sending them."
            }
            DisabledReason::Failing => {
                "Your system has taken no webhook for three days, so we have stopped sending them."
            }
        };
        ("Webhooks stopped", body.to_owned())
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        let body = match self.reason {
            DisabledReason::Gone => "你的系統表示不再接收 Webhook，我們已停止傳送。",
            DisabledReason::Failing => "你的系統連續三日未能接收 Webhook，我們已停止傳送。",
        };
        ("Webhook 已停止", body.to_owned())
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        let body = match self.reason {
            DisabledReason::Gone => "您的系统表示不再接收 Webhook，我们已停止发送。",
            DisabledReason::Failing => "您的系统连续三天未能接收 Webhook，我们已停止发送。",
        };
        ("Webhook 已停止", body.to_owned())
    }
}
