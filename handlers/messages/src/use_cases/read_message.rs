//! Whoever is in the conversation reads a message.

use serde::Serialize;
use service::{Consumer, Error, Id, Resource, Versioned};
use utoipa::ToSchema;
use values::{ConversationId, MessageId, Timestamp, UserId};

use crate::domain::{Message, NO_MESSAGE};
use crate::{App, store};

/// What somebody said.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageBody {
    message_id: MessageId,
    conversation_id: ConversationId,
    /// Counts the messages of the conversation; not all of them need be the caller's to read.
    number: u32,
    sender_id: UserId,
    /// Null once its sender has taken it back.
    text: Option<String>,
    /// Counts the changes from 1.
    version: u32,
    sent_at: Timestamp,
    /// The last time; null if it was not.
    edited_at: Option<Timestamp>,
    /// Null if its sender has not taken it back.
    withdrawn_at: Option<Timestamp>,
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
