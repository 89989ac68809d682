//! What people are told of their wallets: of money from and to their banks, and that one is closed.

use values::Money;

use crate::domain::NotificationType;

/// What people are told of their wallets.
pub(crate) enum BankMessage {
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
    FpsPaymentSent {
        amount: Money,
        payee: String,
    },
    /// The payee's bank did not take the money.
    FpsPaymentFailed {
        amount: Money,
        payee: String,
    },
    /// The person closed their wallet.
    WalletClosed,
}

impl BankMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::TopUpCompleted { .. } => NotificationType::TopUpCompleted,
            Self::TopUpFailed { .. } => NotificationType::TopUpFailed,
            Self::WithdrawalCompleted { .. } => NotificationType::WithdrawalCompleted,
            Self::WithdrawalFailed { .. } => NotificationType::WithdrawalFailed,
            Self::FpsPaymentSent { .. } => NotificationType::FpsPaymentSent,
            Self::FpsPaymentFailed { .. } => NotificationType::FpsPaymentFailed,
            Self::WalletClosed => NotificationType::WalletClosed,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        match self {
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
            Self::FpsPaymentSent { amount, payee } => {
                ("FPS payment sent", format!("You paid {amount} to {payee} by FPS."))
            }
            Self::FpsPaymentFailed { amount, payee } => (
                "FPS payment failed",
                format!("{amount} to {payee} did not go through. The money is in your wallet."),
            ),
            Self::WalletClosed => (
                "Wallet closed",
                "You have closed your wallet. If this was not you, contact customer service."
                    .to_owned(),
            ),
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
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
            Self::FpsPaymentSent { amount, payee } => {
                ("轉數快付款成功", format!("你已經轉數快付款 {amount} 予{payee}。"))
            }
            Self::FpsPaymentFailed { amount, payee } => (
                "轉數快付款失敗",
                format!("經轉數快付予{payee}的 {amount} 未能完成，款項仍在你的錢包。"),
            ),
            Self::WalletClosed => {
                ("錢包已關閉", "你已關閉錢包。如非你本人操作，請聯絡客戶服務。".to_owned())
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
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
            Self::FpsPaymentSent { amount, payee } => {
                ("转数快付款成功", format!("您已通过转数快付款 {amount} 给{payee}。"))
            }
            Self::FpsPaymentFailed { amount, payee } => (
                "转数快付款失败",
                format!("通过转数快付给{payee}的 {amount} 未能完成，款项仍在您的钱包。"),
            ),
            Self::WalletClosed => {
                ("钱包已关闭", "您已关闭钱包。如非您本人操作，请联系客服。".to_owned())
            }
        }
    }
}
