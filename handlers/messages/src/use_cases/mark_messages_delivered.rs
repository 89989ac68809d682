//! Somebody's app has received messages, in several conversations at once.

use std::collections::BTreeMap;

use serde::Deserialize;
use service::{Consumer, Error, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::ConversationId;

use crate::{App, store};

/// As many as a page of conversations has.
const DELIVERIES_MAX: usize = 100;

/// What has arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkMessagesDelivered {
    conversations: Deliveries,
}

/// How far, in a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivery {
    conversation_id: ConversationId,
    /// Of the last message that was received.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    number: u32,
}

/// Conversations, each once.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "Vec<Delivery>")]
#[schema(value_type = Vec<Delivery>, min_items = 1, max_items = 100)]
pub(crate) struct Deliveries(BTreeMap<ConversationId, u32>);

impl TryFrom<Vec<Delivery>> for Deliveries {
    type Error = &'static str;

    fn try_from(given: Vec<Delivery>) -> Result<Self, Self::Error> {
        let count = given.len();
        let numbers = given.into_iter().map(|one| (one.conversation_id, one.number));
        let numbers: BTreeMap<ConversationId, u32> = numbers.collect();
        if numbers.is_empty() || numbers.len() != count || count > DELIVERIES_MAX {
            return Err("one to a hundred conversations are expected, and each once");
        }
        Ok(Self(numbers))
    }
}

/// Nothing is taken back: a smaller number than before changes nothing. What there is not, or is
/// not the caller's to read, is passed over in silence: the answer tells nobody which it was.
pub(crate) async fn mark_messages_delivered(
    app: App,
    caller: Consumer,
    Json(MarkMessagesDelivered { conversations }): Json<MarkMessagesDelivered>,
) -> Result<NoContent, Error> {
    let Deliveries(numbers) = &conversations;
    retry_lock_conflicts(async || {
        let mut conn = app.database.conn().await?;
        Ok(store::members::note_delivered(&mut conn, caller.user_id, numbers).await?)
    })
    .await?;
    Ok(NoContent)
}
