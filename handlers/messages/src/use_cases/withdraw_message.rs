//! Somebody takes back what they said.

use service::database::now;
use service::{Consumer, Error, Id, Json, retry_lock_conflicts};
use values::{MessageId, UserId};

use super::read_message::MessageBody;
use crate::domain::{Message, NO_MESSAGE};
use crate::{App, store};

/// Also where one may write no longer: it takes words away and adds none. A repeat is answered like
/// the first.
pub(crate) async fn withdraw_message(
    app: App,
    Id(id): Id<MessageId>,
    sender: Consumer,
) -> Result<Json<MessageBody>, Error> {
    let message = retry_lock_conflicts(|| withdraw(&app, id, sender.user_id)).await?;
    Ok(Json(MessageBody::of(&message, sender.user_id)))
}

async fn withdraw(app: &App, id: MessageId, sender: UserId) -> Result<Message, Error> {
    let mut tx = app.database.begin().await?;
    let found = store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    store::conversations::lock_conversation(&mut tx, found.conversation_id).await?;
    let mut message =
        store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    if message.withdraw(sender, now())? {
        store::messages::update_message(&mut tx, &message).await?;
        store::members::note_withdrawn(&mut tx, &message).await?;
        tx.commit().await?;
    }
    Ok(message)
}
