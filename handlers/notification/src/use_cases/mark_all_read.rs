//! A person has read all of their notifications.

use service::{Caller, Error, NoContent};

use crate::domain::Mailbox;
use crate::{App, store};

pub(crate) async fn mark_all_read(app: App, caller: Caller) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    store::mark_all_read(&mut conn, Mailbox::of(&caller)).await?;
    Ok(NoContent)
}
