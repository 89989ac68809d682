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
    RefundReceived {
        amount: Money,
        shop_name: String,
    },
    RefundSent {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
    },
    TopUpCompleted {
        amount: Money,
    },
    /// The bank gave no money for it.
    TopUpFailed {
        amount: Money,
    },
    WithdrawalCompleted {
        amount: Money,
    },
    /// The bank did not take the money.
    WithdrawalFailed {
        amount: Money,
    },
    DeviceAdded,
    DeviceRemoved,
    TokenReused,
    PinChanged,
    PinLocked,
    CodesLocked,
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
            Self::RefundReceived { .. } => NotificationType::RefundReceived,
            Self::RefundSent { .. } => NotificationType::RefundSent,
            Self::TopUpCompleted { .. } => NotificationType::TopUpCompleted,
            Self::TopUpFailed { .. } => NotificationType::TopUpFailed,
            Self::WithdrawalCompleted { .. } => NotificationType::WithdrawalCompleted,
            Self::WithdrawalFailed { .. } => NotificationType::WithdrawalFailed,
            Self::DeviceAdded => NotificationType::DeviceAdded,
            Self::DeviceRemoved => NotificationType::DeviceRemoved,
            Self::TokenReused => NotificationType::TokenReused,
            Self::PinChanged => NotificationType::PinChanged,
            Self::PinLocked => NotificationType::PinLocked,
            Self::CodesLocked => NotificationType::CodesLocked,
        }
    }

    /// What it says to a reader of this language.
    pub(crate) fn for_reader(&self, language: Language) -> Text {
        let (title, body) = match language {
            Language::English => self.english(),
            Language::TraditionalChinese => self.traditional_chinese(),
            Language::SimplifiedChinese => self.simplified_chinese(),
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
                let said = said(note, [": “", "”"], ".");
                ("Money received", format!("{payer} sent you {amount}{said}"))
            }
            Self::RefundReceived { amount, shop_name } => {
                ("Refund received", format!("{shop_name} refunded {amount} to your wallet."))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "a customer" } else { payer_name };
                ("Refund sent", format!("You refunded {amount} to {payer}."))
            }
            Self::TopUpCompleted { amount } => {
                ("Top-up completed", format!("{amount} was added to your wallet."))
            }
            Self::TopUpFailed { amount } => (
                "Top-up failed",
                format!("Your bank did not transfer {amount}. Nothing was added to your wallet."),
            ),
            Self::WithdrawalCompleted { amount } => {
                ("Withdrawal completed", format!("{amount} was sent to your bank account."))
            }
            Self::WithdrawalFailed { amount } => (
                "Withdrawal failed",
                format!("Your bank did not take {amount}. The money is still in your wallet."),
            ),
            Self::DeviceAdded => (
                "New device",
                "Somebody logged in to your account on a new device. If it was not you, remove \
                 the device and change your PIN now."
                    .to_owned(),
            ),
            Self::DeviceRemoved => (
                "Device removed",
                "A device was removed from your account. If it was not you, contact us at once."
                    .to_owned(),
            ),
            Self::TokenReused => (
                "Login ended",
                "We ended a login for your security: somebody else may have used it.".to_owned(),
            ),
            Self::PinChanged => (
                "PIN changed",
                "Your PIN was changed. If it was not you, contact us at once.".to_owned(),
            ),
            Self::PinLocked => (
                "PIN locked",
                "A wrong PIN was entered too often, so it is locked for a while. If it was not \
                 you, check your devices."
                    .to_owned(),
            ),
            Self::CodesLocked => (
                "Wrong codes",
                "Somebody entered wrong codes for your number too often, so no code is taken for \
                 a while. Never tell anyone a code."
                    .to_owned(),
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
                let said = said(note, ["：「", "」"], "。");
                ("收到轉賬", format!("{payer}向你轉賬 {amount}{said}"))
            }
            Self::RefundReceived { amount, shop_name } => {
                ("收到退款", format!("{shop_name}已退款 {amount} 至你的錢包。"))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                ("已退款", format!("你已向{payer}退款 {amount}。"))
            }
            Self::TopUpCompleted { amount } => ("增值成功", format!("{amount} 已存入你的錢包。")),
            Self::TopUpFailed { amount } => {
                ("增值失敗", format!("銀行未有轉出 {amount}，你的錢包並未增值。"))
            }
            Self::WithdrawalCompleted { amount } => {
                ("提款成功", format!("{amount} 已轉賬至你的銀行戶口。"))
            }
            Self::WithdrawalFailed { amount } => {
                ("提款失敗", format!("銀行未有接收 {amount}，款項仍在你的錢包。"))
            }
            Self::DeviceAdded => (
                "新裝置登入",
                "有人在新裝置登入你的帳戶。如非你本人操作，請立即移除該裝置並更改密碼。".to_owned(),
            ),
            Self::DeviceRemoved => (
                "已移除裝置",
                "你的帳戶已移除一部裝置。如非你本人操作，請立即聯絡我們。".to_owned(),
            ),
            Self::TokenReused => (
                "登入已結束",
                "為保障帳戶安全，系統已結束一次可能被他人使用的登入，請檢查你的裝置。".to_owned(),
            ),
            Self::PinChanged => {
                ("密碼已更改", "你的密碼已更改。如非你本人操作，請立即聯絡我們。".to_owned())
            }
            Self::PinLocked => (
                "密碼已鎖定",
                "密碼輸入錯誤次數過多，已暫時鎖定。如非你本人操作，請檢查你的裝置。".to_owned(),
            ),
            Self::CodesLocked => (
                "驗證碼錯誤",
                "有人多次為你的號碼輸入錯誤驗證碼，系統將暫停接受驗證碼。切勿向任何人透露驗證碼。"
                    .to_owned(),
            ),
        }
    }

    fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("付款成功", format!("您已向{shop_name}支付 {amount}。"))
            }
            Self::PaymentReceived { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                ("收到付款", format!("已收到{payer}支付的 {amount}。"))
            }
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用户" } else { payee_name };
                ("转账成功", format!("您已向{payee}转账 {amount}。"))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用户" } else { payer_name };
                let said = said(note, ["：“", "”"], "。");
                ("收到转账", format!("{payer}向您转账 {amount}{said}"))
            }
            Self::RefundReceived { amount, shop_name } => {
                ("收到退款", format!("{shop_name}已退款 {amount} 至您的钱包。"))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                ("已退款", format!("您已向{payer}退款 {amount}。"))
            }
            Self::TopUpCompleted { amount } => ("充值成功", format!("{amount} 已存入您的钱包。")),
            Self::TopUpFailed { amount } => {
                ("充值失败", format!("银行未转出 {amount}，您的钱包并未充值。"))
            }
            Self::WithdrawalCompleted { amount } => {
                ("提现成功", format!("{amount} 已转入您的银行账户。"))
            }
            Self::WithdrawalFailed { amount } => {
                ("提现失败", format!("银行未接收 {amount}，款项仍在您的钱包。"))
            }
            Self::DeviceAdded => (
                "新设备登录",
                "有人在新设备登录您的账户。如非您本人操作，请立即移除该设备并更改密码。".to_owned(),
            ),
            Self::DeviceRemoved => (
                "已移除设备",
                "您的账户已移除一台设备。如非您本人操作，请立即联系我们。".to_owned(),
            ),
            Self::TokenReused => (
                "登录已结束",
                "为保障账户安全，系统已结束一次可能被他人使用的登录，请检查您的设备。".to_owned(),
            ),
            Self::PinChanged => {
                ("密码已更改", "您的密码已更改。如非您本人操作，请立即联系我们。".to_owned())
            }
            Self::PinLocked => (
                "密码已锁定",
                "密码输入错误次数过多，已暂时锁定。如非您本人操作，请检查您的设备。".to_owned(),
            ),
            Self::CodesLocked => (
                "验证码错误",
                "有人多次为您的号码输入错误验证码，系统将暂停接受验证码。切勿向任何人透露验证码。"
                    .to_owned(),
            ),
        }
    }
}

/// What the payer said, in quotes after a colon, or else the end of the sentence.
fn said(note: &Option<String>, [open, close]: [&str; 2], end: &str) -> String {
    note.as_ref().map_or_else(|| end.to_owned(), |note| format!("{open}{note}{close}"))
}

#[cfg(test)]
mod tests;
