//! A person has read all of their notifications.

use crate::domain::Mailbox;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn mark_all_read(app: &App, mailbox: Mailbox) -> Result<(), Error> {
    let mut conn = app.pool.get_conn().await?;
    Ok(store::mark_all_read(&mut conn, mailbox).await?)
}
