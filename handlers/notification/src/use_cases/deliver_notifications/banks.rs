//! Of money from and to banks, and of a wallet that is closed.

use events::payments::{
    FpsPaymentFailedV1, MoneyMovedV1, TopUpFailedV1, WalletClosedV1, WithdrawalFailedV1,
};
use inbox::Failure;
use values::{Party, Product};

use super::{mailbox, money, parse};
use crate::domain::{BankMessage, Facts, Mailbox, Message, Notice};

pub(super) fn of_top_up(moved: &MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    Ok(vec![Notice {
        mailbox: mailbox(&moved.to, Product::Consumer)?,
        message: Message::Bank(BankMessage::TopUpCompleted { amount }),
        facts: Facts {
            amount: Some(amount),
            top_up_id: Some(parse(&moved.operation_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_failed_top_up(failed: &TopUpFailedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(failed.amount, &failed.currency)?;
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&failed.user_id)?, product: Product::Consumer },
        message: Message::Bank(BankMessage::TopUpFailed { amount }),
        facts: Facts {
            amount: Some(amount),
            top_up_id: Some(parse(&failed.top_up_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_withdrawal(moved: &MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    Ok(vec![Notice {
        mailbox: mailbox(&moved.from, Product::Consumer)?,
        message: Message::Bank(BankMessage::WithdrawalCompleted { amount }),
        facts: Facts {
            amount: Some(amount),
            withdrawal_id: Some(parse(&moved.operation_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_failed_withdrawal(failed: &WithdrawalFailedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(failed.amount, &failed.currency)?;
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&failed.user_id)?, product: Product::Consumer },
        message: Message::Bank(BankMessage::WithdrawalFailed { amount }),
        facts: Facts {
            amount: Some(amount),
            withdrawal_id: Some(parse(&failed.withdrawal_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_fps_payment(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    let payee = moved.to.name.clone();
    Ok(vec![Notice {
        mailbox: mailbox(&moved.from, Product::Consumer)?,
        message: Message::Bank(BankMessage::FpsPaymentSent { amount, payee }),
        facts: Facts {
            amount: Some(amount),
            counterparty: Some(Party::Fps { name: moved.to.name }),
            fps_payment_id: Some(parse(&moved.operation_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_failed_fps_payment(failed: FpsPaymentFailedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(failed.amount, &failed.currency)?;
    let payee = failed.payee_name.clone();
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&failed.user_id)?, product: Product::Consumer },
        message: Message::Bank(BankMessage::FpsPaymentFailed { amount, payee }),
        facts: Facts {
            amount: Some(amount),
            counterparty: Some(Party::Fps { name: failed.payee_name }),
            fps_payment_id: Some(parse(&failed.fps_payment_id)?),
            ..Facts::default()
        },
    }])
}

pub(super) fn of_closed_wallet(closed: &WalletClosedV1) -> Result<Vec<Notice>, Failure> {
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&closed.user_id)?, product: Product::Consumer },
        message: Message::Bank(BankMessage::WalletClosed),
        facts: Facts::default(),
    }])
}
