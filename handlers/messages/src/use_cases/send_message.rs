//! Somebody says something in a conversation.

use mysql_async::prelude::Queryable;
use pictures::NO_PICTURE;
use serde::{Deserialize, Serialize};
use service::database::{Tx, is_duplicate, now};
use service::trace::TraceContext;
use service::{
    Consumer, Error, IDEMPOTENCY_KEY_REUSED, Id, Json, Keyed, Recorded, retry_lock_conflicts,
};
use utoipa::ToSchema;
use values::{ConversationId, IdempotencyKey, MessageText, PictureId, UserId};

use super::read_conversation::require_membership;
use super::read_message::MessageBody;
use crate::domain::{Audience, Card, Membership, Message, NO_CONVERSATION, Pace};
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

/// What a message brings.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    Text(&'a MessageText),
    Card(&'a Card),
    Picture(PictureId),
}

/// A message that is on its way: whose, where, under which name, and what it brings.
#[derive(Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub(super) conversation_id: ConversationId,
    pub(super) sender: UserId,
    pub(super) keyed: &'a Keyed,
    pub(super) content: Content<'a>,
    pub(super) trace: TraceContext,
}

/// The key is the client's name for the message. The answer is not kept for a repeat, which is
/// answered with the message as it stands: nothing may be left of a text that was withdrawn.
pub(crate) async fn send_message(
    app: App,
    Id(conversation_id): Id<ConversationId>,
    sender: Consumer,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(SendMessage { text }): Json<SendMessage>,
) -> Result<Recorded<MessageBody>, Error> {
    let said = Said { conversation_id, text: &text };
    let keyed = Keyed::new(sender.user_id.uuid(), &key, "send_message", &said)?;
    let (sender, content) = (sender.user_id, Content::Text(&text));
    send_once(&app, Outgoing { conversation_id, sender, keyed: &keyed, content, trace }).await
}

pub(super) async fn send_once(
    app: &App,
    outgoing: Outgoing<'_>,
) -> Result<Recorded<MessageBody>, Error> {
    let before = find_before(&mut app.database.conn().await?, &outgoing).await?;
    let (message, is_repeat) = match before {
        Some(message) => (message, true),
        None => match make_and_send(app, &outgoing).await? {
            Some(message) => (message, false),
            None => {
                let before = find_before(&mut app.database.conn().await?, &outgoing).await?;
                let absent = || Error::internal("a message was sent before and is not found");
                (before.ok_or_else(absent)?, true)
            }
        },
    };
    Recorded::of(&MessageBody::of(&message, outgoing.sender), is_repeat)
}

/// What was sent under this key, or shows this card or picture. Of a message that has changed
/// since, it is not known any more what came first.
async fn find_before(
    connection: &mut impl Queryable,
    outgoing: &Outgoing<'_>,
) -> Result<Option<Message>, Error> {
    let keyed = outgoing.keyed;
    if let Some((message, fingerprint)) = store::messages::find_sent(connection, keyed).await? {
        if fingerprint.is_some_and(|fingerprint| fingerprint != keyed.fingerprint()) {
            return Err(IDEMPOTENCY_KEY_REUSED.into());
        }
        return Ok(Some(message));
    }
    let id = outgoing.conversation_id;
    let place = match outgoing.content {
        Content::Text(_) => None,
        Content::Card(card) => {
            let number = store::messages::find_card_number(connection, id, card.id).await?;
            number.map(|number| (id, number))
        }
        Content::Picture(picture_id) => {
            let sender = outgoing.sender;
            store::messages::find_picture_place(connection, sender, picture_id).await?
        }
    };
    // Taken back there, it would be gone here.
    if place.is_some_and(|(elsewhere, _)| elsewhere != id) {
        return Err(NO_PICTURE.into());
    }
    let found = store::messages::list_numbered(connection, place).await?;
    Ok(found.into_iter().next())
}

/// A picture is made before anything is locked, and not for whoever may not send it. None if it was
/// sent meanwhile.
async fn make_and_send(app: &App, outgoing: &Outgoing<'_>) -> Result<Option<Message>, Error> {
    if let Content::Picture(picture_id) = outgoing.content {
        let (id, sender) = (outgoing.conversation_id, outgoing.sender);
        let mut conn = app.database.conn().await?;
        let membership = require_membership(&mut conn, id, sender).await?;
        audience(&mut conn, &membership).await?;
        Pace::with_another(membership.pace, now())?;
        drop(conn);
        app.pictures.make(&app.database, sender.uuid(), picture_id).await?;
    }
    retry_lock_conflicts(|| send(app, outgoing)).await
}

/// None if it was sent meanwhile.
async fn send(app: &App, outgoing: &Outgoing<'_>) -> Result<Option<Message>, Error> {
    let Outgoing { conversation_id: id, sender, keyed, content, trace } = *outgoing;
    let mut tx = app.database.begin().await?;
    let last_number = store::conversations::lock_conversation(&mut tx, id).await?;
    let membership = require_membership(&mut tx, id, sender).await?;
    let (audience, others) = audience(&mut tx, &membership).await?;
    let sent_at = now();
    let pace = Pace::with_another(membership.pace, sent_at)?;
    let number = last_number.ok_or(NO_CONVERSATION)?.saturating_add(1);
    let mut message = match content {
        Content::Text(text) => Message::text(id, number, sender, text, sent_at),
        Content::Card(card) => Message::card(id, number, sender, card.clone(), sent_at),
        Content::Picture(picture) => Message::picture(id, number, sender, picture, sent_at),
    };
    message.is_hidden = audience == Audience::Sender;
    match store::messages::insert_message(&mut tx, &message, Some(keyed)).await {
        Err(error) if is_duplicate(&error) => return Ok(None),
        inserted => inserted?,
    }
    app.pictures.show(&mut tx, sender.uuid(), [None, message.picture]).await?;
    store::conversations::update_last_number(&mut tx, id, number).await?;
    store::members::note_sent(&mut tx, &message, pace).await?;
    if let Some(case) = membership.support_case {
        store::support_cases::note_heard(&mut tx, case.id, sent_at).await?;
    }
    if audience == Audience::All {
        note_written(&mut tx, &membership, &others).await?;
        let name = store::people::find_name(&mut tx, sender).await?;
        let told = others.iter().filter(|other| other.is_told());
        let told = told.map(|other| (other.user_id, other.standing.shown(&name))).collect();
        if let Some(sent) = message.sent_event(membership.title, told) {
            let sent = app.outbox.envelope(trace, id.to_string(), &sent)?;
            app.outbox.append(&mut tx, &[sent]).await?;
        }
    }
    app.outbox.commit(tx).await?;
    Ok(Some(message))
}

/// Friends, and whoever was paid, need no word to be allowed to answer.
async fn note_written(tx: &mut Tx, by: &Membership, others: &[Other]) -> Result<(), Error> {
    if let ([other], None) = (others, by.group_id)
        && !other.standing.are_friends
        && !other.standing.has_paid
    {
        store::pairs::note_written(tx, by.user_id, other.user_id).await?;
    }
    Ok(())
}

/// Who sees what the member writes now, and who else is in the conversation. In a group everybody
/// sees everything.
pub(super) async fn audience(
    connection: &mut impl Queryable,
    membership: &Membership,
) -> Result<(Audience, Vec<Other>), Error> {
    membership.require_in()?;
    let ids = [membership.conversation_id];
    let others = store::members::list_others(connection, ids, membership.user_id).await?;
    let audience = match (membership.group_id, &others[..]) {
        (None, [other]) => other.standing.audience()?,
        _ => Audience::All,
    };
    Ok((audience, others))
}
