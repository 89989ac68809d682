//! Somebody sees how much they have yet to read.

use serde::Serialize;
use service::{Consumer, Error, Json};
use utoipa::ToSchema;

use crate::{App, store};

/// What is unread, in conversations that are not muted.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadMessagesBody {
    unread_count: u64,
    /// In so many conversations.
    conversation_count: u64,
}

pub(crate) async fn count_unread_messages(
    app: App,
    caller: Consumer,
) -> Result<Json<UnreadMessagesBody>, Error> {
    let mut conn = app.database.conn().await?;
    let (unread_count, conversation_count) =
        store::members::count_unread(&mut conn, caller.user_id).await?;
    Ok(Json(UnreadMessagesBody { unread_count, conversation_count }))
}
