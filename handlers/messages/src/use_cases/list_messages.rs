//! Whoever is in a conversation reads what was said, back from now or on from what they know.

use serde::Deserialize;
use service::{Consumer, Error, Id, Json, List, Page, oldest_first};
use utoipa::IntoParams;
use uuid::Uuid;
use values::ConversationId;

use super::read_conversation::require_membership;
use super::read_message::MessageBody;
use crate::domain::Message;
use crate::{App, store};

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMessages {
    /// Those with a larger number, the oldest first; if absent all, the newest first.
    #[param(maximum = 4_294_967_295_u32)]
    newer_than: Option<u32>,
}

pub(crate) async fn list_messages(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
    list: List<ListMessages>,
) -> Result<Json<Page<MessageBody>>, Error> {
    let reader = caller.user_id;
    let paging = list.of(format!("{reader} {id}"))?;
    let mut conn = app.database.conn().await?;
    let of = require_membership(&mut conn, id, reader).await?;
    let show = |message: Message| MessageBody::of(&message, reader);
    let limit = paging.rows();
    let Some(known) = list.filter.newer_than else {
        let before = paging.before_number();
        let rows = store::messages::list_before(&mut conn, &of, before, limit).await?;
        return Ok(Json(paging.page(rows, |message| message.number.into(), show)));
    };
    let shown = u64::try_from(paging.after_id().as_u128()).unwrap_or(u64::MAX);
    let after = shown.max(known.into());
    let rows = store::messages::list_after(&mut conn, &of, after, limit).await?;
    let place = |message: &Message| oldest_first(Uuid::from_u128(message.number.into()));
    Ok(Json(paging.page(rows, place, show)))
}
