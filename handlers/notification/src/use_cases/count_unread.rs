//! A person sees how many notifications they have not read.

use serde::Serialize;
use service::{Caller, Error, Json};
use utoipa::ToSchema;

use crate::domain::Mailbox;
use crate::{App, store};

/// How many notifications are unread.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadCountBody {
    unread: u64,
}

pub(crate) async fn count_unread(app: App, caller: Caller) -> Result<Json<UnreadCountBody>, Error> {
    let mut conn = app.database.conn().await?;
    let unread = store::count_unread(&mut conn, Mailbox::of(&caller)).await?;
    Ok(Json(UnreadCountBody { unread }))
}
