//! A person's notifications, newest first.

use serde::{Deserialize, Serialize};
use service::{Caller, Error, Json, Query};
use utoipa::{IntoParams, ToSchema};
use values::NotificationId;

use crate::domain::{Mailbox, NO_NOTIFICATION, Notification};
use crate::{App, store};

/// Notifications on a page.
const PAGE_LENGTH: usize = 50;

/// Where a page begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListNotifications {
    /// Notifications older than this one: the `next` of the page before.
    before: Option<NotificationId>,
}

/// One page.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotificationPage {
    notifications: Vec<Notification>,
    /// `before` of the next page; null on the last one.
    next: Option<NotificationId>,
}

pub(crate) async fn list_notifications(
    app: App,
    caller: Caller,
    Query(input): Query<ListNotifications>,
) -> Result<Json<NotificationPage>, Error> {
    let mailbox = Mailbox::of(&caller);
    let mut conn = app.database.conn().await?;
    let before = match input.before {
        Some(id) => store::find_number(&mut conn, mailbox, id).await?.ok_or(NO_NOTIFICATION)?,
        None => u64::MAX,
    };
    // One more than fits on a page shows whether another page follows.
    let limit = PAGE_LENGTH.saturating_add(1);
    let lines = store::list_before(&mut conn, mailbox, before, limit).await?;
    let is_last = lines.len() < limit;
    let notifications: Vec<Notification> =
        lines.into_iter().take(PAGE_LENGTH).map(|line| line.notification).collect();
    let oldest = notifications.last().map(|oldest| oldest.notification_id);
    Ok(Json(NotificationPage { next: oldest.filter(|_| !is_last), notifications }))
}
