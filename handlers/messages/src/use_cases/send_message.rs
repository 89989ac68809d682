//! Somebody says something in a conversation.

use mysql_async::prelude::Queryable;
use serde::{Deserialize, Serialize};
use service::database::{Tx, is_duplicate, now};
use service::{
    Consumer, Error, IDEMPOTENCY_KEY_REUSED, Id, Json, Keyed, Recorded, retry_lock_conflicts,
};
use utoipa::ToSchema;
use values::{ConversationId, IdempotencyKey, MessageId, MessageText, UserId};

use super::read_conversation::require_membership;
use super::read_message::MessageBody;
use crate::domain::{Audience, Membership, Message, NO_CONVERSATION, Pace};
use crate::store::members::Other;
use crate::{App, store};

/// What is said.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendMessage {
    text: MessageText,
}

/// What one key stands for.
#[derive(Serialize)]
struct Said<'a> {
    conversation_id: ConversationId,
    text: &'a MessageText,
}

/// The key is the client's name for the message. The answer is not kept for a repeat, which is
/// answered with the message as it stands: nothing may be left of a text that was withdrawn.
pub(crate) async fn send_message(
    app: App,
    Id(id): Id<ConversationId>,
    sender: Consumer,
    key: IdempotencyKey,
    Json(SendMessage { text }): Json<SendMessage>,
) -> Result<Recorded<MessageBody>, Error> {
    let said = Said { conversation_id: id, text: &text };
    let keyed = Keyed::new(sender.user_id.uuid(), &key, "send_message", &said)?;
    if let Some(message) = find_sent(&mut app.database.conn().await?, &keyed).await? {
        return Recorded::of(&MessageBody::of(&message, sender.user_id), true);
    }
    let sent = retry_lock_conflicts(|| send(&app, id, sender.user_id, &text, &keyed)).await?;
    let is_repeat = sent.is_none();
    let message = match sent {
        Some(message) => message,
        None => find_sent(&mut app.database.conn().await?, &keyed)
            .await?
            .ok_or_else(|| Error::internal("a key is used and its message is not found"))?,
    };
    Recorded::of(&MessageBody::of(&message, sender.user_id), is_repeat)
}

/// Of a message that has changed since, it is not known any more what came first.
async fn find_sent(
    connection: &mut impl Queryable,
    keyed: &Keyed,
) -> Result<Option<Message>, Error> {
    let Some((message, fingerprint)) = store::messages::find_sent(connection, keyed).await? else {
        return Ok(None);
    };
    if fingerprint.is_some_and(|fingerprint| fingerprint != keyed.fingerprint()) {
        return Err(IDEMPOTENCY_KEY_REUSED.into());
    }
    Ok(Some(message))
}

/// None if it was sent under this key meanwhile.
async fn send(
    app: &App,
    id: ConversationId,
    sender: UserId,
    text: &MessageText,
    keyed: &Keyed,
) -> Result<Option<Message>, Error> {
    let mut tx = app.database.begin().await?;
    let last_number = store::conversations::lock_conversation(&mut tx, id).await?;
    let membership = require_membership(&mut tx, id, sender).await?;
    let (audience, others) = audience(&mut tx, &membership).await?;
    let sent_at = now();
    let pace = Pace::with_another(membership.pace, sent_at)?;
    let message = Message {
        message_id: MessageId::new(),
        conversation_id: id,
        number: last_number.ok_or(NO_CONVERSATION)?.saturating_add(1),
        sender_id: sender,
        text: Some(text.as_str().to_owned()),
        sender_text: None,
        is_hidden: audience == Audience::Sender,
        version: 1,
        sent_at,
        edited_at: None,
        withdrawn_at: None,
    };
    match store::messages::insert_message(&mut tx, &message, keyed).await {
        Err(error) if is_duplicate(&error) => return Ok(None),
        inserted => inserted?,
    }
    store::conversations::update_last_number(&mut tx, id, message.number).await?;
    store::members::note_sent(&mut tx, &message, pace).await?;
    // Friends, and people between whom money has moved, need no word to be allowed to answer.
    if let ([other], Audience::All, None) = (&others[..], audience, membership.group_id)
        && !other.standing.are_friends
        && !other.standing.has_paid
    {
        store::pairs::note_written(&mut tx, sender, other.user_id).await?;
    }
    tx.commit().await?;
    Ok(Some(message))
}

/// Who sees what the member writes now, and who else is in the conversation. In a group everybody
/// sees everything.
pub(super) async fn audience(
    tx: &mut Tx,
    membership: &Membership,
) -> Result<(Audience, Vec<Other>), Error> {
    membership.require_in()?;
    let ids = [membership.conversation_id];
    let others = store::members::list_others(tx, ids, membership.user_id).await?;
    let audience = match (membership.group_id, &others[..]) {
        (None, [other]) => other.standing.audience()?,
        _ => Audience::All,
    };
    Ok((audience, others))
}
