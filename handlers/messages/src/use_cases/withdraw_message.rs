//! Somebody takes back what they said.

use service::database::{Tx, now};
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, causes, retry_lock_conflicts};
use values::{MessageId, PictureId, UserId};

use super::keep_reported_pictures::{keep_picture, retire_picture};
use super::read_message::MessageBody;
use crate::domain::{Message, NO_MESSAGE, read_event};
use crate::{App, store};

/// Also where one may write no longer: it takes words away and adds none. A repeat is answered like
/// the first.
pub(crate) async fn withdraw_message(
    app: App,
    Id(id): Id<MessageId>,
    sender: Consumer,
    trace: TraceContext,
) -> Result<Json<MessageBody>, Error> {
    let (message, gone) =
        retry_lock_conflicts(|| withdraw(&app, id, sender.user_id, trace)).await?;
    if let Some(picture_id) = gone {
        take_off(&app, picture_id).await;
    }
    Ok(Json(MessageBody::of(&message, sender.user_id)))
}

/// What fails here the timer does.
async fn take_off(app: &App, picture_id: PictureId) {
    match keep_picture(app, picture_id).await {
        Ok(()) => app.pictures.take_off(picture_id).await,
        Err(error) => tracing::warn!(causes = causes(&error), "a picture goes with the timer"),
    }
}

async fn withdraw(
    app: &App,
    id: MessageId,
    sender: UserId,
    trace: TraceContext,
) -> Result<(Message, Option<PictureId>), Error> {
    let mut tx = app.database.begin().await?;
    let found = store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    let locked = store::conversations::lock_conversation(&mut tx, found.conversation_id).await?;
    let mut message =
        store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    let mut gone = None;
    if message.withdraw(sender, now())? {
        gone = retire_picture(app, &mut tx, &message).await?;
        store::messages::update_message(&mut tx, &message).await?;
        if !message.is_hidden {
            store::members::note_withdrawn(&mut tx, &message).await?;
            let newest = locked.unwrap_or(message.number);
            tell_readers(app, &mut tx, &message, newest, trace).await?;
        }
        app.outbox.commit(tx).await?;
    }
    Ok((message, gone))
}

/// Who had only this message to read is not to be told of it any longer, nor of a newer one that
/// was taken back before.
async fn tell_readers(
    app: &App,
    tx: &mut Tx,
    message: &Message,
    newest: u32,
    trace: TraceContext,
) -> Result<(), Error> {
    let id = message.conversation_id;
    let mut events = Vec::new();
    for user_id in store::members::list_left_without(tx, message).await? {
        let read = read_event(id, user_id, newest, now());
        events.push(app.outbox.envelope(trace, id.to_string(), &read)?);
    }
    app.outbox.append(tx, &events).await?;
    Ok(())
}
