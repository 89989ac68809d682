//! A person has read one notification.

use service::{Caller, Error, Id, NoContent};
use values::NotificationId;

use crate::domain::{Mailbox, NO_NOTIFICATION};
use crate::{App, store};

pub(crate) async fn mark_read(
    app: App,
    caller: Caller,
    Id(id): Id<NotificationId>,
) -> Result<NoContent, Error> {
    let mailbox = Mailbox::of(&caller);
    let mut conn = app.database.conn().await?;
    let number = store::find_number(&mut conn, mailbox, id).await?.ok_or(NO_NOTIFICATION)?;
    store::mark_read(&mut conn, mailbox, number).await?;
    Ok(NoContent)
}
