//! Of a shop's takings, which its bank has, or which are carried over.

use events::payments::{MoneyMovedV1, SettlementNotPaidV1};
use inbox::Failure;
use values::{Money, Product};

use super::{money, parse};
use crate::domain::{Facts, Mailbox, Message, NotPaid, Notice, SettlementNews};

/// Nothing if the program that tells of it is older than that it names the owner.
pub(super) fn of_settlement(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let Some(owner) = moved.from.told_user_id else { return Ok(Vec::new()) };
    let amount = money(moved.amount, &moved.currency)?;
    let news = SettlementNews { amount, shop_name: moved.from.name, not_paid: None };
    Ok(vec![notice(&owner, &moved.operation_id, amount, news)?])
}

pub(super) fn of_not_paid(told: SettlementNotPaidV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(told.amount, &told.currency)?;
    let why = NotPaid::from_code(&told.reason).unwrap_or(NotPaid::Other);
    let news = SettlementNews { amount, shop_name: told.shop_name, not_paid: Some(why) };
    Ok(vec![notice(&told.told_user_id, &told.settlement_id, amount, news)?])
}

fn notice(owner: &str, id: &str, amount: Money, news: SettlementNews) -> Result<Notice, Failure> {
    Ok(Notice {
        mailbox: Mailbox { user_id: parse(owner)?, product: Product::Business },
        message: Message::Settlement(news),
        facts: Facts { amount: Some(amount), settlement_id: Some(parse(id)?), ..Facts::default() },
    })
}
