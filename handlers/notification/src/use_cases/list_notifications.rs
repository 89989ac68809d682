//! A person's notifications, newest first.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use values::NotificationId;

use crate::domain::{Mailbox, Notification};
use crate::error::Error;
use crate::{App, store};

/// Notifications on a page.
const PAGE_LENGTH: usize = 50;

/// Where a page begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
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
    app: &App,
    mailbox: Mailbox,
    input: ListNotifications,
) -> Result<NotificationPage, Error> {
    let mut conn = app.pool.get_conn().await?;
    let before = match input.before {
        Some(id) => {
            store::find_number(&mut conn, mailbox, id).await?.ok_or(Error::NoNotification)?
        }
        None => u64::MAX,
    };
    let lines = store::list_before(&mut conn, mailbox, before, PAGE_LENGTH).await?;
    // Numbers count from 1 without a gap, so number 1 ends the last page.
    let next = lines
        .last()
        .filter(|oldest| oldest.number > 1)
        .map(|oldest| oldest.notification.notification_id);
    let notifications = lines.into_iter().map(|line| line.notification).collect();
    Ok(NotificationPage { notifications, next })
}
