//! Somebody has read a conversation, up to a message.

use serde::Deserialize;
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{ConversationId, UserId};

use super::read_conversation::require_membership;
use crate::domain::Rest;
use crate::{App, store};

/// How far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkConversationRead {
    /// Of the last message that was read.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    number: u32,
}

/// Nothing is unread again: a smaller number than before changes nothing.
pub(crate) async fn mark_conversation_read(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
    trace: TraceContext,
    Json(MarkConversationRead { number }): Json<MarkConversationRead>,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| mark(&app, id, caller.user_id, number, trace)).await?;
    Ok(NoContent)
}

async fn mark(
    app: &App,
    id: ConversationId,
    reader: UserId,
    number: u32,
    trace: TraceContext,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    store::conversations::lock_conversation(&mut tx, id).await?;
    let of = require_membership(&mut tx, id, reader).await?;
    let number = number.min(of.last_number);
    if number <= of.read_number {
        return Ok(());
    }
    let unread = match of.rest_after(number) {
        Rest::Of(numbers) => store::messages::count_countable(&mut tx, &of, numbers).await?,
        Rest::Without(numbers) => {
            let read = store::messages::count_countable(&mut tx, &of, numbers).await?;
            of.unread.saturating_sub(read)
        }
        Rest::AtMost(unread) => unread,
    };
    store::members::update_read(&mut tx, id, reader, number, unread).await?;
    if of.unread > 0 && unread == 0 {
        let read = app.outbox.envelope(trace, id.to_string(), &of.read_event(now()))?;
        app.outbox.append(&mut tx, &[read]).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(())
}
