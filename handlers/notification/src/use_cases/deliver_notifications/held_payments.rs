//! A shop holds money of a payer's, or holds it no longer.

use events::payments::{PaymentAuthorisedV1, PaymentReleasedV1};
use inbox::Failure;
use values::{PaymentId, Product};

use super::{business, mailbox, money, parse, person};
use crate::domain::{Facts, Message, Notice, ShopMessage};

pub(super) fn of_authorised_payment(
    authorised: PaymentAuthorisedV1,
) -> Result<Vec<Notice>, Failure> {
    let amount = money(authorised.amount, &authorised.currency)?;
    let (payer, payee) = (authorised.from, authorised.to);
    let payment_id: PaymentId = parse(&authorised.payment_id)?;
    let payment_request_id = authorised.payment_request_id.as_deref().map(parse).transpose()?;
    let facts = |counterparty| Facts {
        amount: Some(amount),
        counterparty: Some(counterparty),
        payment_id: Some(payment_id),
        payment_request_id,
        ..Facts::default()
    };
    Ok(vec![
        Notice {
            mailbox: mailbox(&payer, Product::Consumer)?,
            facts: facts(business(&payee)?),
            message: Message::Shop(ShopMessage::PaymentAuthorised {
                amount,
                shop_name: payee.name.clone(),
            }),
        },
        Notice {
            mailbox: mailbox(&payee, Product::Business)?,
            facts: facts(person(&payer)?),
            message: Message::Shop(ShopMessage::PaymentToCapture {
                amount,
                payer_name: payer.name,
            }),
        },
    ])
}

/// A shop that let go of it knows.
pub(super) fn of_released_payment(released: PaymentReleasedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(released.amount, &released.currency)?;
    let (payer, payee) = (released.from, released.to);
    let payment_id: PaymentId = parse(&released.payment_id)?;
    let facts = |counterparty| Facts {
        amount: Some(amount),
        counterparty: Some(counterparty),
        payment_id: Some(payment_id),
        ..Facts::default()
    };
    let mut notices = vec![Notice {
        mailbox: mailbox(&payer, Product::Consumer)?,
        facts: facts(business(&payee)?),
        message: Message::Shop(ShopMessage::PaymentReleased {
            amount,
            shop_name: payee.name.clone(),
        }),
    }];
    if released.state == "expired" {
        notices.push(Notice {
            mailbox: mailbox(&payee, Product::Business)?,
            facts: facts(person(&payer)?),
            message: Message::Shop(ShopMessage::PaymentNotCaptured {
                amount,
                payer_name: payer.name,
            }),
        });
    }
    Ok(notices)
}
