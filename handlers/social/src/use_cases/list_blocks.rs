//! A person sees whom they block.

use serde::Serialize;
use service::{Consumer, Error, Json, List, Page};
use utoipa::ToSchema;
use values::{Timestamp, UserId, masked};

use crate::store::Listed;
use crate::{App, store};

/// Somebody whom the caller blocks.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlockedPersonBody {
    user_id: UserId,
    /// Masked; null if the person has not chosen one.
    name: Option<String>,
    blocked_at: Timestamp,
}

pub(crate) async fn list_blocks(
    app: App,
    caller: Consumer,
    list: List,
) -> Result<Json<Page<BlockedPersonBody>>, Error> {
    let paging = list.of(caller.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::list_blocks(&mut conn, caller.user_id, &paging).await?;
    let show = |listed: Listed| BlockedPersonBody {
        user_id: listed.user_id,
        name: Some(masked(&listed.name)).filter(|name| !name.is_empty()),
        blocked_at: listed.since_at.into(),
    };
    Ok(Json(paging.page(rows, |listed: &Listed| listed.place.as_u128(), show)))
}
