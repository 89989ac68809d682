//! Somebody shows a pay link or red packet of theirs in a conversation.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, INVALID_BODY, Id, Json, Keyed, Recorded};
use utoipa::ToSchema;
use values::{ConversationId, IdempotencyKey, PayLinkId, RedPacketId, unknown};

use super::read_conversation::require_membership;
use super::read_message::MessageBody;
use super::send_message::{Content, Outgoing, send_once};
use crate::domain::{CardType, NO_CARD};
use crate::{App, store};

/// What is shown: one of the two.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareCard {
    pay_link_id: Option<PayLinkId>,
    red_packet_id: Option<RedPacketId>,
}

/// What one key stands for.
#[derive(Serialize)]
struct Shown<'a> {
    conversation_id: ConversationId,
    card: &'a ShareCard,
}

/// Once in a conversation: what it shows already is answered like a repeat. Of what is not the
/// caller's the same is said as of what there is not, new ids included.
pub(crate) async fn share_card(
    app: App,
    Id(conversation_id): Id<ConversationId>,
    sender: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<ShareCard>,
) -> Result<Recorded<MessageBody>, Error> {
    let sender = sender.user_id;
    let (card_id, card_type) = match (input.pay_link_id, input.red_packet_id) {
        (Some(id), None) => (id.uuid(), CardType::PayLink),
        (None, Some(id)) => (id.uuid(), CardType::RedPacket),
        _ => return Err(INVALID_BODY.because("one of the two ids is expected").into()),
    };
    let shown = Shown { conversation_id, card: &input };
    let keyed = Keyed::new(sender.uuid(), &key, "share_card", &shown)?;
    let mut conn = app.database.conn().await?;
    require_membership(&mut conn, conversation_id, sender).await?;
    let found = store::cards::find_card(&mut conn, card_id).await?;
    drop(conn);
    let own = found.filter(|card| card.payer_id == sender && card.card_type == card_type);
    let card = own.ok_or_else(|| unknown(card_id, now(), NO_CARD))?;
    let content = Content::Card(&card);
    send_once(&app, Outgoing { conversation_id, sender, keyed: &keyed, content, trace }).await
}
