//! A person has read one notification.

use values::NotificationId;

use crate::domain::Mailbox;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn mark_read(
    app: &App,
    mailbox: Mailbox,
    id: NotificationId,
) -> Result<(), Error> {
    let mut conn = app.pool.get_conn().await?;
    let number = store::find_number(&mut conn, mailbox, id).await?.ok_or(Error::NoNotification)?;
    Ok(store::mark_read(&mut conn, mailbox, number).await?)
}
