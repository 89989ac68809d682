//! Disputes of payments to shops: each side is told of what the other has done, and both of how it
//! ends. Of the money itself `money-moved` tells.

use events::payments::DisputeChangedV1;
use inbox::Failure;
use values::{Party, Product};

use super::{money, parse};
use crate::domain::{DisputeChange, DisputeNews, Facts, Mailbox, Message, Notice};

pub(super) fn of_dispute(changed: &DisputeChangedV1) -> Result<Vec<Notice>, Failure> {
    let (payer, shop): (Option<DisputeChange>, Option<DisputeChange>) =
        match (&*changed.status, changed.is_answered) {
            ("open", _) => (None, Some(DisputeChange::Opened)),
            // Who has answered knows.
            ("under-review", true) => (Some(DisputeChange::Contested), None),
            ("under-review", false) => {
                (Some(DisputeChange::Unanswered), Some(DisputeChange::NotAnswered))
            }
            ("upheld", _) => (Some(DisputeChange::Won), Some(DisputeChange::Lost)),
            ("rejected", _) => (Some(DisputeChange::Rejected), Some(DisputeChange::Dismissed)),
            ("withdrawn", _) => (None, Some(DisputeChange::Withdrawn)),
            _ => (None, None),
        };
    let amount = money(changed.amount, &changed.currency)?;
    let notice = |user_id: &str, product, change, counterparty| -> Result<Notice, Failure> {
        let shop_name = changed.shop_name.clone();
        Ok(Notice {
            mailbox: Mailbox { user_id: parse(user_id)?, product },
            message: Message::Dispute(DisputeNews { change, amount, shop_name }),
            facts: Facts {
                amount: Some(amount),
                counterparty,
                payment_id: Some(parse(&changed.payment_id)?),
                dispute_id: Some(parse(&changed.dispute_id)?),
                ..Facts::default()
            },
        })
    };
    let name = changed.shop_name.clone();
    let business = Party::Business { id: parse(&changed.business_id)?, name };
    let payer = payer
        .map(|change| notice(&changed.payer_user_id, Product::Consumer, change, Some(business)));
    let shop = shop.map(|change| notice(&changed.owner_user_id, Product::Business, change, None));
    payer.into_iter().chain(shop).collect()
}
