//! Somebody says a thing otherwise than they did.

use serde::Deserialize;
use service::database::now;
use service::{Change, Consumer, Error, Id, IfMatch, MergePatch, Versioned};
use utoipa::ToSchema;
use values::{MessageId, MessageText};

use super::read_conversation::require_membership;
use super::read_message::MessageBody;
use super::send_message::audience;
use crate::domain::NO_MESSAGE;
use crate::{App, store};

/// What is said now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditMessage {
    #[serde(default)]
    #[schema(value_type = MessageText)]
    text: Change<MessageText>,
}

pub(crate) async fn edit_message(
    app: App,
    Id(id): Id<MessageId>,
    sender: Consumer,
    if_match: IfMatch,
    MergePatch(input): MergePatch<EditMessage>,
) -> Result<Versioned<MessageBody>, Error> {
    let sender = sender.user_id;
    let mut tx = app.database.begin().await?;
    let found = store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    store::conversations::lock_conversation(&mut tx, found.conversation_id).await?;
    let mut message =
        store::messages::find_message(&mut tx, id, sender).await?.ok_or(NO_MESSAGE)?;
    if_match.require(message.version)?;
    let membership = require_membership(&mut tx, message.conversation_id, sender).await?;
    if let Some(text) = input.text.given() {
        let (audience, _) = audience(&mut tx, &membership).await?;
        if message.edit(sender, &text, audience, now())? {
            store::messages::update_message(&mut tx, &message).await?;
            tx.commit().await?;
        }
    }
    Ok(MessageBody::versioned(&message, sender))
}
