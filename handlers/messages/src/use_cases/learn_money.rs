//! Money has moved between people, or one has asked another for it: they know each other, and their
//! conversation shows it. Somebody has closed their wallet: their conversations say so.

use std::str::FromStr;

use events::Envelope;
use events::payments::{MoneyMovedV1, MoneyRequestChangedV1, SideV1, WalletClosedV1};
use inbox::Failure;
use service::database::{Tx, now};
use values::{
    Currency, IdError, KindSide, MoneyRequestId, OperationKind, PayLinkId, PeerPaymentId,
    RedPacketId, UserId,
};

use crate::domain::{Card, CardStatus, CardType, Message};
use crate::store;

/// Of a payment, of which nothing is told but that it was made.
const FIRST_VERSION: u32 = 1;

pub(crate) async fn learn_money(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    if let Some(changed) = inbox::decode::<MoneyRequestChangedV1>(event)? {
        return learn_request(tx, &changed).await;
    }
    if let Some(closed) = inbox::decode::<WalletClosedV1>(event)? {
        return Ok(store::people::note_closed(tx, parse(&closed.user_id)?).await?);
    }
    let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? else { return Ok(()) };
    let Some(kind) = OperationKind::from_code(&moved.kind) else { return Ok(()) };
    let facts = kind.facts();
    if kind == OperationKind::PeerPayment {
        learn_payment(tx, &moved).await
    } else if [facts.from, facts.to].contains(&KindSide::Escrow) {
        learn_parcel(tx, kind, &moved).await
    } else {
        Ok(())
    }
}

async fn learn_request(tx: &mut Tx, changed: &MoneyRequestChangedV1) -> Result<(), Failure> {
    let unknown = || Failure::poison("the status is unknown");
    let id: MoneyRequestId = parse(&changed.money_request_id)?;
    let requester = parse(&changed.requester.user_id)?;
    let payer_id = parse(&changed.payer.user_id)?;
    let is_share = changed.bill_id.is_some();
    let card = Card {
        id: id.uuid(),
        card_type: if is_share { CardType::BillShare } else { CardType::Request },
        payer_id,
        payee_id: Some(requester),
        amount: in_hong_kong_dollars(changed.amount, &changed.currency)?,
        claimed: 0,
        returned: 0,
        told: CardStatus::from_code(&changed.status).ok_or_else(unknown)?,
    };
    store::cards::save_card(tx, &card, changed.version).await?;
    show_card(tx, &card, requester, payer_id).await?;
    Ok(store::pairs::note_asked(tx, requester, payer_id).await?)
}

/// Of one that was asked for, the request's card tells.
async fn learn_payment(tx: &mut Tx, moved: &MoneyMovedV1) -> Result<(), Failure> {
    let (payer_id, payee) = (person(&moved.from)?, person(&moved.to)?);
    if moved.money_request_id.is_none() {
        let id: PeerPaymentId = parse(&moved.operation_id)?;
        let card = Card {
            id: id.uuid(),
            card_type: CardType::Payment,
            payer_id,
            payee_id: Some(payee),
            amount: in_hong_kong_dollars(moved.amount, &moved.currency)?,
            claimed: 0,
            returned: 0,
            told: CardStatus::Paid,
        };
        store::cards::save_card(tx, &card, FIRST_VERSION).await?;
        show_card(tx, &card, payer_id, payee).await?;
    }
    Ok(store::pairs::note_paid(tx, payer_id, payee).await?)
}

/// Escrow's side names the sender. Who claims is known to the sender from then on.
async fn learn_parcel(
    tx: &mut Tx,
    kind: OperationKind,
    moved: &MoneyMovedV1,
) -> Result<(), Failure> {
    let (id, card_type) = match (&moved.pay_link_id, &moved.red_packet_id) {
        (Some(id), None) => (parse::<PayLinkId>(id)?.uuid(), CardType::PayLink),
        (None, Some(id)) => (parse::<RedPacketId>(id)?.uuid(), CardType::RedPacket),
        _ => return Err(Failure::poison("it is of one pay link or of one red packet")),
    };
    let sender = person(&moved.from)?;
    let amount = in_hong_kong_dollars(moved.amount, &moved.currency)?;
    let when = |wanted| if kind == wanted { amount } else { 0 };
    let (claimed, returned) = (when(OperationKind::Claim), when(OperationKind::Return));
    let card = Card {
        id,
        card_type,
        payer_id: sender,
        payee_id: None,
        amount: if claimed == 0 && returned == 0 { amount } else { 0 },
        claimed,
        returned,
        told: CardStatus::Open,
    };
    store::cards::add_to_card(tx, &card).await?;
    if kind == OperationKind::Claim {
        let claimer = person(&moved.to)?;
        if claimer != sender {
            // Each has turned to the other: the one gave, the other took.
            store::pairs::note_paid(tx, sender, claimer).await?;
            store::pairs::note_paid(tx, claimer, sender).await?;
        }
    }
    Ok(())
}

/// In the conversation of the two, which begins with it if there is none. It tells nobody and
/// leaves nothing unread: payments' own notifications do.
async fn show_card(tx: &mut Tx, card: &Card, by: UserId, other: UserId) -> Result<(), Failure> {
    let pair = [by.min(other), by.max(other)];
    let id = store::conversations::begin_pair_conversation(tx, pair, now()).await?;
    let last_number = store::conversations::lock_conversation(tx, id).await?.unwrap_or_default();
    if store::messages::find_card_number(tx, id, card.id).await?.is_some() {
        return Ok(());
    }
    let number = last_number.saturating_add(1);
    let message = Message::card(id, number, by, card.clone(), now());
    store::messages::insert_message(tx, &message, None).await?;
    store::conversations::update_last_number(tx, id, number).await?;
    Ok(store::members::note_shown(tx, &message).await?)
}

fn person(side: &SideV1) -> Result<UserId, Failure> {
    parse(side.id.as_deref().ok_or_else(|| Failure::poison("both sides have an id"))?)
}

fn parse<T: FromStr<Err = IdError>>(id: &str) -> Result<T, Failure> {
    id.parse().map_err(Failure::poison)
}

fn in_hong_kong_dollars(amount: i64, currency: &str) -> Result<i64, Failure> {
    let is_money = currency == Currency::HKD.code() && amount > 0;
    if is_money { Ok(amount) } else { Err(Failure::poison("it is no amount of Hong Kong dollars")) }
}
