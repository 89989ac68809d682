//! What notifications say, in every language.

use values::{Language, Money};

use crate::domain::NotificationType;

/// What a person is told.
pub(crate) enum Message {
    PaymentSent {
        amount: Money,
        shop_name: String,
    },
    PaymentReceived {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
    },
    PeerPaymentSent {
        amount: Money,
        /// Empty if the payee has not chosen a name.
        payee_name: String,
    },
    PeerPaymentReceived {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
        note: Option<String>,
    },
    TopUpCompleted {
        amount: Money,
    },
    /// The bank gave no money for it.
    TopUpFailed {
        amount: Money,
    },
}

/// A message as its reader sees it.
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) title: &'static str,
    pub(crate) body: String,
}

impl Message {
    pub(crate) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::PaymentSent { .. } => NotificationType::PaymentSent,
            Self::PaymentReceived { .. } => NotificationType::PaymentReceived,
            Self::PeerPaymentSent { .. } => NotificationType::PeerPaymentSent,
            Self::PeerPaymentReceived { .. } => NotificationType::PeerPaymentReceived,
            Self::TopUpCompleted { .. } => NotificationType::TopUpCompleted,
            Self::TopUpFailed { .. } => NotificationType::TopUpFailed,
        }
    }

    /// What it says to a reader of the language `reader`, in the nearest one that has templates.
    pub(crate) fn for_reader(&self, reader: Language) -> Text {
        let (language, (title, body)) = match reader {
            Language::English => (Language::English, self.english()),
            // Traditional is nearer to Simplified than English is.
            Language::TraditionalChinese | Language::SimplifiedChinese => {
                (Language::TraditionalChinese, self.traditional_chinese())
            }
        };
        Text { language, title, body }
    }

    /// The title and the body.
    fn english(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("Payment sent", format!("You paid {amount} to {shop_name}."))
            }
            Self::PaymentReceived { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "a customer" } else { payer_name };
                ("Payment received", format!("Received {amount} from {payer}."))
            }
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "another person" } else { payee_name };
                ("Money sent", format!("You sent {amount} to {payee}."))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "Another person" } else { payer_name };
                let said = note.as_ref().map(|note| format!(": {note}"));
                let said = said.as_deref().unwrap_or(".");
                ("Money received", format!("{payer} sent you {amount}{said}"))
            }
            Self::TopUpCompleted { amount } => {
                ("Top-up completed", format!("{amount} was added to your wallet."))
            }
            Self::TopUpFailed { amount } => (
                "Top-up failed",
                format!("Your bank did not transfer {amount}. Nothing was added to your wallet."),
            ),
        }
    }

    fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("付款成功", format!("你已向{shop_name}支付 {amount}。"))
            }
            Self::PaymentReceived { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                ("收到付款", format!("已收到{payer}支付的 {amount}。"))
            }
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用戶" } else { payee_name };
                ("轉賬成功", format!("你已向{payee}轉賬 {amount}。"))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用戶" } else { payer_name };
                let said = note.as_ref().map(|note| format!("：{note}"));
                let said = said.as_deref().unwrap_or("。");
                ("收到轉賬", format!("{payer}向你轉賬 {amount}{said}"))
            }
            Self::TopUpCompleted { amount } => ("增值成功", format!("{amount} 已存入你的錢包。")),
            Self::TopUpFailed { amount } => {
                ("增值失敗", format!("銀行未有轉出 {amount}，你的錢包並未增值。"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_written_in_the_nearest_language_that_has_templates() {
        let amount = Money::hkd(12_850).unwrap();
        let received = |payer_name: &str| {
            let payer_name = payer_name.to_owned();
            Message::PaymentReceived { amount, payer_name }
        };
        let between = |payer_name: &str, note: Option<&str>| {
            let (payer_name, note) = (payer_name.to_owned(), note.map(str::to_owned));
            Message::PeerPaymentReceived { amount, payer_name, note }
        };
        let sent = Message::PaymentSent { amount, shop_name: "永記茶餐廳".to_owned() };
        for (message, english, chinese) in [
            (sent, "You paid HK$128.50 to 永記茶餐廳.", "你已向永記茶餐廳支付 HK$128.50。"),
            (received("大文"), "Received HK$128.50 from 大文.", "已收到大文支付的 HK$128.50。"),
            (received(""), "Received HK$128.50 from a customer.", "已收到顧客支付的 HK$128.50。"),
            (
                Message::PeerPaymentSent { amount, payee_name: "小明".to_owned() },
                "You sent HK$128.50 to 小明.",
                "你已向小明轉賬 HK$128.50。",
            ),
            (
                between("", None),
                "Another person sent you HK$128.50.",
                "另一位用戶向你轉賬 HK$128.50。",
            ),
            (
                between("大文", Some("午飯")),
                "大文 sent you HK$128.50: 午飯",
                "大文向你轉賬 HK$128.50：午飯",
            ),
            (
                Message::TopUpCompleted { amount },
                "HK$128.50 was added to your wallet.",
                "HK$128.50 已存入你的錢包。",
            ),
        ] {
            for (reader, written, body) in [
                (Language::English, Language::English, english),
                (Language::TraditionalChinese, Language::TraditionalChinese, chinese),
                (Language::SimplifiedChinese, Language::TraditionalChinese, chinese),
            ] {
                let text = message.for_reader(reader);
                assert_eq!((text.language, &*text.body), (written, body));
            }
        }
    }
}
