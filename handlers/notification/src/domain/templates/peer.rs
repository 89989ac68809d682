//! What people are told of money between them.

use values::Money;

use super::{QUOTES, said};
use crate::domain::NotificationType;

/// What people are told of money between them.
pub(crate) enum PeerMessage {
    Sent {
        amount: Money,
        /// Empty if the payee has not chosen a name.
        payee_name: String,
    },
    Received {
        amount: Money,
        /// Empty if the payer has not chosen a name.
        payer_name: String,
        note: Option<String>,
    },
    Held {
        amount: Money,
        /// Masked; empty if the payee has not chosen a name.
        payee_name: String,
    },
    Returned {
        amount: Money,
        /// As above.
        payee_name: String,
    },
}

impl PeerMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::Sent { .. } => NotificationType::PeerPaymentSent,
            Self::Received { .. } => NotificationType::PeerPaymentReceived,
            Self::Held { .. } => NotificationType::PeerPaymentHeld,
            Self::Returned { .. } => NotificationType::PeerPaymentReturned,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        match self {
            Self::Sent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "another person" } else { payee_name };
                ("Money sent", format!("You sent {amount} to {payee}."))
            }
            Self::Received { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "Another person" } else { payer_name };
                let said = said(note, QUOTES, ".");
                ("Money received", format!("{payer} sent you {amount}{said}"))
            }
            Self::Held { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "another person" } else { payee_name };
                let what = format!("Your payment of {amount} to {payee} is being reviewed");
                ("Payment under review", format!("{what}. It ends within three days."))
            }
            Self::Returned { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "another person" } else { payee_name };
                let what = format!("Your payment of {amount} to {payee} was not made");
                ("Payment not made", format!("{what}. The money is available to you again."))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::Sent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用戶" } else { payee_name };
                ("轉賬成功", format!("你已向{payee}轉賬 {amount}。"))
            }
            Self::Received { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用戶" } else { payer_name };
                let said = said(note, ["：「", "」"], "。");
                ("收到轉賬", format!("{payer}向你轉賬 {amount}{said}"))
            }
            Self::Held { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用戶" } else { payee_name };
                ("轉賬審核中", format!("你向{payee}轉賬 {amount} 正在審核，三日內會有結果。"))
            }
            Self::Returned { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用戶" } else { payee_name };
                ("轉賬未有完成", format!("你向{payee}轉賬 {amount} 未有完成，款項已可再使用。"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::Sent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用户" } else { payee_name };
                ("转账成功", format!("您已向{payee}转账 {amount}。"))
            }
            Self::Received { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用户" } else { payer_name };
                let said = said(note, ["：“", "”"], "。");
                ("收到转账", format!("{payer}向您转账 {amount}{said}"))
            }
            Self::Held { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用户" } else { payee_name };
                ("转账审核中", format!("您向{payee}转账 {amount} 正在审核，三日内会有结果。"))
            }
            Self::Returned { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用户" } else { payee_name };
                ("转账未完成", format!("您向{payee}转账 {amount} 未完成，款项已可再次使用。"))
            }
        }
    }
}
