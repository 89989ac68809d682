//! What people are told of money between them.

use values::Money;

use super::{QUOTES, said};
use crate::domain::NotificationType;

/// What people are told of money between them.
pub(crate) enum PeerMessage {
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
}

impl PeerMessage {
    pub(super) const fn notification_type(&self) -> NotificationType {
        match self {
            Self::PeerPaymentSent { .. } => NotificationType::PeerPaymentSent,
            Self::PeerPaymentReceived { .. } => NotificationType::PeerPaymentReceived,
        }
    }

    /// The title and the body.
    pub(super) fn english(&self) -> (&'static str, String) {
        match self {
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "another person" } else { payee_name };
                ("Money sent", format!("You sent {amount} to {payee}."))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "Another person" } else { payer_name };
                let said = said(note, QUOTES, ".");
                ("Money received", format!("{payer} sent you {amount}{said}"))
            }
        }
    }

    pub(super) fn traditional_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用戶" } else { payee_name };
                ("轉賬成功", format!("你已向{payee}轉賬 {amount}。"))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用戶" } else { payer_name };
                let said = said(note, ["：「", "」"], "。");
                ("收到轉賬", format!("{payer}向你轉賬 {amount}{said}"))
            }
        }
    }

    pub(super) fn simplified_chinese(&self) -> (&'static str, String) {
        match self {
            Self::PeerPaymentSent { amount, payee_name } => {
                let payee = if payee_name.is_empty() { "另一位用户" } else { payee_name };
                ("转账成功", format!("您已向{payee}转账 {amount}。"))
            }
            Self::PeerPaymentReceived { amount, payer_name, note } => {
                let payer = if payer_name.is_empty() { "另一位用户" } else { payer_name };
                let said = said(note, ["：“", "”"], "。");
                ("收到转账", format!("{payer}向您转账 {amount}{said}"))
            }
        }
    }
}
