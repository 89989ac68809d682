//! Whoever is in the conversation reads a message.

use serde::Serialize;
use service::{Consumer, Error, Id, Resource, Versioned};
use utoipa::ToSchema;
use values::{
    ConversationId, MessageId, Money, MoneyRequestId, PayLinkId, PeerPaymentId, PictureId,
    RedPacketId, Timestamp, UserId, code_enum,
};

use crate::domain::{Card, CardStatus, CardType, Message, NO_MESSAGE};
use crate::{App, store};

code_enum! {
    /// What a message is.
    pub(crate) enum MessageType {
        /// Somebody said something.
        Text = "text",
        /// Money, as it stands now.
        Card = "card",
        /// Somebody sent a picture.
        Picture = "picture",
    }
}

/// What somebody said or sent, or money between people.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageBody {
    message_id: MessageId,
    conversation_id: ConversationId,
    /// Counts the messages of the conversation; not all of them need be the caller's to read.
    number: u32,
    /// Who said it, or who paid, asks or shares.
    sender_id: UserId,
    #[serde(rename = "type")]
    message_type: MessageType,
    /// Null once its sender has taken it back, and of a card or picture.
    text: Option<String>,
    /// Null unless it shows money.
    card: Option<CardBody>,
    /// Null unless it shows a picture, and once its sender has taken it back.
    picture_id: Option<PictureId>,
    /// Counts the changes from 1.
    version: u32,
    sent_at: Timestamp,
    /// The last time; null if it was not.
    edited_at: Option<Timestamp>,
    /// Null if its sender has not taken it back.
    withdrawn_at: Option<Timestamp>,
}

/// Money, as it stands now.
#[derive(Serialize, ToSchema)]
pub(crate) struct CardBody {
    #[serde(rename = "type")]
    card_type: CardType,
    status: CardStatus,
    /// Who paid, is asked, or shares.
    payer_id: UserId,
    /// Who was paid or asks; null where it is not one person.
    payee_id: Option<UserId>,
    /// Null to everybody but the two of them.
    amount: Option<Money>,
    /// Null unless it is a payment.
    peer_payment_id: Option<PeerPaymentId>,
    /// Null unless somebody asks for it.
    money_request_id: Option<MoneyRequestId>,
    /// Null unless it is a pay link.
    pay_link_id: Option<PayLinkId>,
    /// Null unless it is a red packet.
    red_packet_id: Option<RedPacketId>,
}

impl CardBody {
    fn of(card: &Card, reader: UserId) -> Self {
        let id_of = |kinds: &[CardType]| kinds.contains(&card.card_type).then_some(card.id);
        let requests = [CardType::Request, CardType::BillShare];
        Self {
            card_type: card.card_type,
            status: card.status(),
            payer_id: card.payer_id,
            payee_id: card.payee_id,
            amount: card.amount_for(reader),
            peer_payment_id: id_of(&[CardType::Payment]).map(PeerPaymentId::from_uuid),
            money_request_id: id_of(&requests).map(MoneyRequestId::from_uuid),
            pay_link_id: id_of(&[CardType::PayLink]).map(PayLinkId::from_uuid),
            red_packet_id: id_of(&[CardType::RedPacket]).map(RedPacketId::from_uuid),
        }
    }
}

impl Resource for MessageBody {
    const LOCATION: &'static str = "/api/v1/messages/{message_id}";
}

impl MessageBody {
    pub(crate) fn of(message: &Message, reader: UserId) -> Self {
        Self {
            message_id: message.message_id,
            conversation_id: message.conversation_id,
            number: message.number,
            sender_id: message.sender_id,
            message_type: match (&message.card, message.picture) {
                (Some(_), _) => MessageType::Card,
                (None, Some(_)) => MessageType::Picture,
                (None, None) => MessageType::Text,
            },
            picture_id: message.picture_id(),
            card: message.card.as_ref().map(|card| CardBody::of(card, reader)),
            text: message.text_for(reader).map(str::to_owned),
            version: message.version,
            sent_at: message.sent_at.into(),
            edited_at: message.edited_at_for(reader).map(Timestamp::from),
            withdrawn_at: message.withdrawn_at.map(Timestamp::from),
        }
    }

    pub(super) fn versioned(message: &Message, reader: UserId) -> Versioned<Self> {
        Versioned { version: message.version, body: Self::of(message, reader) }
    }
}

pub(crate) async fn read_message(
    app: App,
    Id(id): Id<MessageId>,
    caller: Consumer,
) -> Result<Versioned<MessageBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::messages::find_message(&mut conn, id, caller.user_id).await?;
    Ok(MessageBody::versioned(&found.ok_or(NO_MESSAGE)?, caller.user_id))
}
