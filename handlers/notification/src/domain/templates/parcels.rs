//! What is told of pay links and red packets.

use values::Money;

use super::{QUOTES, said};
use crate::domain::NotificationType;

/// What a person is told of them.
pub(crate) enum ParcelMessage {
    PayLinkClaimed {
        amount: Money,
        /// Empty if the claimer has not chosen a name.
        claimer_name: String,
    },
    ClaimReceived {
        amount: Money,
        /// Empty if the sender has not chosen a name.
        sender_name: String,
        note: Option<String>,
    },
    /// Nobody has claimed it.
    ReturnReceived { amount: Money },
}

impl ParcelMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::PayLinkClaimed { .. } => NotificationType::PayLinkClaimed,
            Self::ClaimReceived { .. } => NotificationType::ClaimReceived,
            Self::ReturnReceived { .. } => NotificationType::ReturnReceived,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        match self {
            Self::PayLinkClaimed { amount, claimer_name } => {
                let claimer = if claimer_name.is_empty() { "Somebody" } else { claimer_name };
                ("Pay link claimed", format!("{claimer} claimed the {amount} of your pay link."))
            }
            Self::ClaimReceived { amount, sender_name, note } => {
                let sender = if sender_name.is_empty() { "another person" } else { sender_name };
                let said = said(note, QUOTES, ".");
                ("Money claimed", format!("You claimed {amount} from {sender}{said}"))
            }
            Self::ReturnReceived { amount } => {
                ("Money returned", format!("{amount} that nobody claimed is in your wallet again."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PayLinkClaimed { amount, claimer_name } => {
                let claimer = if claimer_name.is_empty() { "有人" } else { claimer_name };
                ("付款連結已領取", format!("{claimer}已領取你付款連結中的 {amount}。"))
            }
            Self::ClaimReceived { amount, sender_name, note } => {
                let sender = if sender_name.is_empty() { "另一位用戶" } else { sender_name };
                let said = said(note, ["：「", "」"], "。");
                ("領取成功", format!("你已領取{sender}發出的 {amount}{said}"))
            }
            Self::ReturnReceived { amount } => {
                ("款項已退回", format!("未被領取的 {amount} 已退回你的錢包。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PayLinkClaimed { amount, claimer_name } => {
                let claimer = if claimer_name.is_empty() { "有人" } else { claimer_name };
                ("付款链接已领取", format!("{claimer}已领取您付款链接中的 {amount}。"))
            }
            Self::ClaimReceived { amount, sender_name, note } => {
                let sender = if sender_name.is_empty() { "另一位用户" } else { sender_name };
                let said = said(note, ["：“", "”"], "。");
                ("领取成功", format!("您已领取{sender}发出的 {amount}{said}"))
            }
            Self::ReturnReceived { amount } => {
                ("款项已退回", format!("未被领取的 {amount} 已退回您的钱包。"))
            }
        }
    }
}
