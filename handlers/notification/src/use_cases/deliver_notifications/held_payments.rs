//! A shop holds money of a payer's, or a reviewer has to look at a payment, or it is held no
//! longer.

use events::payments::{
    FpsPaymentReviewChangedV1, PaymentAuthorisedV1, PaymentReleasedV1, PeerPaymentReviewChangedV1,
};
use inbox::Failure;
use values::{Money, Party, PaymentId, Product};

use super::{business, mailbox, money, parse, person};
use crate::domain::{Facts, Mailbox, Message, Notice, PeerMessage, ShopMessage};

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

/// Only the payer learns of it.
pub(super) fn of_reviewed_payment(
    changed: PeerPaymentReviewChangedV1,
) -> Result<Vec<Notice>, Failure> {
    let amount = money(changed.amount, &changed.currency)?;
    let counterparty = Party::user(parse(&changed.payee.user_id)?, changed.payee.name.clone());
    let message = reviewed(&changed.status, amount, changed.payee.name)?;
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&changed.payer_user_id)?, product: Product::Consumer },
        message: Message::Peer(message),
        facts: Facts {
            amount: Some(amount),
            counterparty: Some(counterparty),
            peer_payment_id: Some(parse(&changed.peer_payment_id)?),
            ..Facts::default()
        },
    }])
}

/// So does the payer of one by FPS, who has read the payee's name.
pub(super) fn of_reviewed_fps_payment(
    changed: FpsPaymentReviewChangedV1,
) -> Result<Vec<Notice>, Failure> {
    let amount = money(changed.amount, &changed.currency)?;
    let counterparty = Party::Fps { name: changed.payee_name.clone() };
    let message = reviewed(&changed.status, amount, changed.payee_name)?;
    Ok(vec![Notice {
        mailbox: Mailbox { user_id: parse(&changed.payer_user_id)?, product: Product::Consumer },
        message: Message::Peer(message),
        facts: Facts {
            amount: Some(amount),
            counterparty: Some(counterparty),
            fps_payment_id: Some(parse(&changed.fps_payment_id)?),
            ..Facts::default()
        },
    }])
}

fn reviewed(status: &str, amount: Money, payee_name: String) -> Result<PeerMessage, Failure> {
    match status {
        "held" => Ok(PeerMessage::Held { amount, payee_name }),
        "returned" => Ok(PeerMessage::Returned { amount, payee_name }),
        _ => Err(Failure::poison("a held payment does not stand like this")),
    }
}
