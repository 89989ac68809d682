//! A person sees how many notifications wait for them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Mailbox;
use crate::error::Error;
use crate::{App, store};

/// How many notifications wait.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadCountBody {
    unread: u64,
}

pub(crate) async fn count_unread(app: &App, mailbox: Mailbox) -> Result<UnreadCountBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let unread = store::count_unread(&mut conn, mailbox).await?;
    Ok(UnreadCountBody { unread })
}
