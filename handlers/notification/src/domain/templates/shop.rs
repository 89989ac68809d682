//! What payers and shops are told of payments and refunds.

use values::Money;

use crate::domain::NotificationType;

/// What payers and shops are told of payments and refunds.
pub(crate) enum ShopMessage {
    PaymentSent {
        amount: Money,
        shop_name: String,
    },
    PaymentReceived {
        amount: Money,
        /// How much of it is a tip, if any.
        tip: Option<Money>,
        /// What the shop pays for it; `None` if that is nothing.
        fee: Option<Money>,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
    },
    /// The shop may capture it.
    PaymentAuthorised {
        amount: Money,
        shop_name: String,
    },
    /// The same, to the shop.
    PaymentToCapture {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
    },
    /// The shop did not take it.
    PaymentReleased {
        amount: Money,
        shop_name: String,
    },
    /// Its time is over, to the shop.
    PaymentNotCaptured {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
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
}

impl ShopMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::PaymentSent { .. } => NotificationType::PaymentSent,
            Self::PaymentReceived { .. } => NotificationType::PaymentReceived,
            Self::PaymentAuthorised { .. } => NotificationType::PaymentAuthorised,
            Self::PaymentToCapture { .. } => NotificationType::PaymentToCapture,
            Self::PaymentReleased { .. } => NotificationType::PaymentReleased,
            Self::PaymentNotCaptured { .. } => NotificationType::PaymentNotCaptured,
            Self::RefundReceived { .. } => NotificationType::RefundReceived,
            Self::RefundSent { .. } => NotificationType::RefundSent,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("Payment sent", format!("You paid {amount} to {shop_name}."))
            }
            Self::PaymentReceived { amount, tip, fee, payer_name } => {
                let payer = if payer_name.is_empty() { "a customer" } else { payer_name };
                let tip = tip.map_or_else(String::new, |tip| format!(", including a tip of {tip}"));
                let fee = fee.map_or_else(String::new, |fee| format!(" The fee is {fee}."));
                ("Payment received", format!("Received {amount} from {payer}{tip}.{fee}"))
            }
            Self::PaymentAuthorised { amount, shop_name } => {
                ("Payment held", format!("{amount} is held for {shop_name} until it is collected."))
            }
            Self::PaymentToCapture { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "a customer" } else { payer_name };
                (
                    "Payment to collect",
                    format!("{amount} from {payer} waits for you to collect it."),
                )
            }
            Self::PaymentReleased { amount, shop_name } => (
                "Payment cancelled",
                format!("{shop_name} did not collect {amount}: it is yours to spend again."),
            ),
            Self::PaymentNotCaptured { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "A customer" } else { payer_name };
                (
                    "Payment expired",
                    format!("{payer} has {amount} back: it was not collected in time."),
                )
            }
            Self::RefundReceived { amount, shop_name } => {
                ("Refund received", format!("{shop_name} refunded {amount} to your wallet."))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "a customer" } else { payer_name };
                ("Refund sent", format!("You refunded {amount} to {payer}."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("付款成功", format!("你已向{shop_name}支付 {amount}。"))
            }
            Self::PaymentReceived { amount, tip, fee, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                let tip = tip.map_or_else(String::new, |tip| format!("，當中小費 {tip}"));
                let fee = fee.map_or_else(String::new, |fee| format!("手續費為 {fee}。"));
                ("收到付款", format!("已收到{payer}支付的 {amount}{tip}。{fee}"))
            }
            Self::PaymentAuthorised { amount, shop_name } => {
                ("款項已預留", format!("{amount} 已為{shop_name}預留，待商戶收取。"))
            }
            Self::PaymentToCapture { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                ("有款項待收取", format!("{payer}的 {amount} 待你收取。"))
            }
            Self::PaymentReleased { amount, shop_name } => {
                ("付款已取消", format!("{shop_name}沒有收取 {amount}，款項已可再使用。"))
            }
            Self::PaymentNotCaptured { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                ("付款已過期", format!("未有在限期前收取 {amount}，款項已退回{payer}。"))
            }
            Self::RefundReceived { amount, shop_name } => {
                ("收到退款", format!("{shop_name}已退款 {amount} 至你的錢包。"))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顧客" } else { payer_name };
                ("已退款", format!("你已向{payer}退款 {amount}。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PaymentSent { amount, shop_name } => {
                ("付款成功", format!("您已向{shop_name}支付 {amount}。"))
            }
            Self::PaymentReceived { amount, tip, fee, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                let tip = tip.map_or_else(String::new, |tip| format!("，其中小费 {tip}"));
                let fee = fee.map_or_else(String::new, |fee| format!("手续费为 {fee}。"));
                ("收到付款", format!("已收到{payer}支付的 {amount}{tip}。{fee}"))
            }
            Self::PaymentAuthorised { amount, shop_name } => {
                ("款项已预留", format!("{amount} 已为{shop_name}预留，待商户收取。"))
            }
            Self::PaymentToCapture { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                ("有款项待收取", format!("{payer}的 {amount} 待您收取。"))
            }
            Self::PaymentReleased { amount, shop_name } => {
                ("付款已取消", format!("{shop_name}没有收取 {amount}，款项已可再使用。"))
            }
            Self::PaymentNotCaptured { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                ("付款已过期", format!("未在限期前收取 {amount}，款项已退回{payer}。"))
            }
            Self::RefundReceived { amount, shop_name } => {
                ("收到退款", format!("{shop_name}已退款 {amount} 至您的钱包。"))
            }
            Self::RefundSent { amount, payer_name } => {
                let payer = if payer_name.is_empty() { "顾客" } else { payer_name };
                ("已退款", format!("您已向{payer}退款 {amount}。"))
            }
        }
    }
}
