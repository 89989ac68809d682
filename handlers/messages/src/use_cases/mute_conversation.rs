//! Somebody is to be told of a conversation no longer, or again.

use service::{Consumer, Error, Id, NoContent};
use values::{ConversationId, UserId};

use super::read_conversation::require_membership;
use crate::{App, store};

pub(crate) async fn mute_conversation(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
) -> Result<NoContent, Error> {
    set_muted(&app, id, caller.user_id, true).await
}

pub(crate) async fn unmute_conversation(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
) -> Result<NoContent, Error> {
    set_muted(&app, id, caller.user_id, false).await
}

async fn set_muted(
    app: &App,
    id: ConversationId,
    user_id: UserId,
    is_muted: bool,
) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    require_membership(&mut conn, id, user_id).await?;
    store::members::update_muted(&mut conn, id, user_id, is_muted).await?;
    Ok(NoContent)
}
