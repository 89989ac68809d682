//! A person sees how many notifications wait for them.

use crate::domain::Mailbox;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn count_unread(app: &App, mailbox: Mailbox) -> Result<u64, Error> {
    let mut conn = app.pool.get_conn().await?;
    Ok(store::count_unread(&mut conn, mailbox).await?)
}
