//! A person's notifications, newest first.

use service::{Caller, Error, Json, List, Page};

use crate::domain::{Mailbox, Notification};
use crate::store::Line;
use crate::{App, store};

pub(crate) async fn list_notifications(
    app: App,
    caller: Caller,
    list: List,
) -> Result<Json<Page<Notification>>, Error> {
    let mailbox = Mailbox::of(&caller);
    let paging = list.of(format_args!("{} {}", caller.user_id, caller.product.code()))?;
    let mut conn = app.database.conn().await?;
    let (before, limit) = (paging.before_number(), paging.rows());
    let lines = store::list_before(&mut conn, mailbox, before, limit).await?;
    let place = |line: &Line| line.number.into();
    Ok(Json(paging.page(lines, place, |line| line.notification)))
}
