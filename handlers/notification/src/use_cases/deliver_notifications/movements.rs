//! Of money that has moved, of each kind of operation.

use events::payments::{MoneyMovedV1, SideV1};
use inbox::Failure;
use values::{OperationKind, PaymentId, PaymentRequestId, PeerPaymentId, Product, RefundId};

use super::{banks, business, given, mailbox, money, parcels, parse, person, settlements};
use crate::domain::{Facts, Message, Notice, PeerMessage, ShopMessage};

/// Nothing if nobody is told here of money of that kind.
pub(super) fn of_movement(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    // What only a newer payments knows, a newer one of these tells.
    let Some(kind) = OperationKind::from_code(&moved.kind) else { return Ok(Vec::new()) };
    match kind {
        OperationKind::Payment => of_payment(moved),
        OperationKind::PeerPayment => of_peer_payment(moved),
        OperationKind::Refund => of_refund(moved),
        OperationKind::TopUp => banks::of_top_up(&moved),
        OperationKind::Withdrawal => banks::of_withdrawal(&moved),
        OperationKind::FpsPayment => banks::of_fps_payment(moved),
        OperationKind::Claim => parcels::of_claim(&moved),
        OperationKind::Return => parcels::of_return(&moved),
        OperationKind::Settlement => settlements::of_settlement(moved),
        // Who gives it away sees it go.
        OperationKind::PayLink | OperationKind::RedPacket => Ok(Vec::new()),
    }
}

fn of_payment(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    let fee = Some(moved.fee).filter(|fee| *fee != 0);
    let fee = fee.map(|fee| money(fee, &moved.currency)).transpose()?;
    let tip = moved.tip.map(|tip| money(tip, &moved.currency)).transpose()?;
    let payment_id: PaymentId = parse(&moved.operation_id)?;
    // A payment by a static code was not asked for.
    let payment_request_id: Option<PaymentRequestId> =
        moved.payment_request_id.as_deref().map(parse).transpose()?;
    let facts = |counterparty| Facts {
        amount: Some(amount),
        counterparty: Some(counterparty),
        payment_id: Some(payment_id),
        payment_request_id,
        ..Facts::default()
    };
    let (payer, payee) = (moved.from, moved.to);
    let (payer_party, payee_party) = (person(&payer)?, business(&payee)?);
    Ok(vec![
        Notice {
            mailbox: mailbox(&payer, Product::Consumer)?,
            message: Message::Shop(ShopMessage::PaymentSent {
                amount,
                shop_name: payee.name.clone(),
            }),
            facts: facts(payee_party),
        },
        Notice {
            mailbox: mailbox(&payee, Product::Business)?,
            // The payer is not told of it.
            message: Message::Shop(ShopMessage::PaymentReceived {
                amount,
                tip,
                fee,
                payer_name: payer.name,
            }),
            facts: facts(payer_party),
        },
    ])
}

fn of_peer_payment(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    let peer_payment_id: PeerPaymentId = parse(&moved.operation_id)?;
    let money_request_id = moved.money_request_id.as_deref().map(parse).transpose()?;
    let (payer, payee) = (moved.from, moved.to);
    let facts = |counterparty: &SideV1| -> Result<Facts, Failure> {
        Ok(Facts {
            amount: Some(amount),
            counterparty: Some(person(counterparty)?),
            peer_payment_id: Some(peer_payment_id),
            note: moved.note.clone(),
            money_request_id,
            ..Facts::default()
        })
    };
    let received = Message::Peer(PeerMessage::Received {
        amount,
        payer_name: payer.name.clone(),
        note: moved.note.clone(),
    });
    Ok(vec![
        Notice {
            mailbox: mailbox(&payer, Product::Consumer)?,
            message: Message::Peer(PeerMessage::Sent { amount, payee_name: payee.name.clone() }),
            facts: facts(&payee)?,
        },
        Notice {
            mailbox: mailbox(&payee, Product::Consumer)?,
            message: received,
            facts: facts(&payer)?,
        },
    ])
}

fn of_refund(moved: MoneyMovedV1) -> Result<Vec<Notice>, Failure> {
    let amount = money(moved.amount, &moved.currency)?;
    let refund_id: RefundId = parse(&moved.operation_id)?;
    let payment_id: PaymentId = parse(given(&moved.refunded_payment_id)?)?;
    let facts = |counterparty| Facts {
        amount: Some(amount),
        counterparty: Some(counterparty),
        payment_id: Some(payment_id),
        refund_id: Some(refund_id),
        note: moved.note.clone(),
        ..Facts::default()
    };
    let (shop, payer) = (moved.from, moved.to);
    let (shop_party, payer_party) = (business(&shop)?, person(&payer)?);
    Ok(vec![
        Notice {
            mailbox: mailbox(&payer, Product::Consumer)?,
            message: Message::Shop(ShopMessage::RefundReceived {
                amount,
                shop_name: shop.name.clone(),
            }),
            facts: facts(shop_party),
        },
        Notice {
            mailbox: mailbox(&shop, Product::Business)?,
            message: Message::Shop(ShopMessage::RefundSent { amount, payer_name: payer.name }),
            facts: facts(payer_party),
        },
    ])
}
