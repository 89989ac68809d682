//! A person says what they do not want to be told of, in the product that they use, and reads it.

use service::{Caller, Error, Json, NoContent};

use crate::App;
use crate::domain::{Mailbox, NotificationPreferences};
use crate::store::preferences;

/// All at once: what is not named is told. What was told before stays in the inbox.
pub(crate) async fn choose_notifications(
    app: App,
    caller: Caller,
    Json(input): Json<NotificationPreferences>,
) -> Result<NoContent, Error> {
    input.require_optional()?;
    let mut conn = app.database.conn().await?;
    preferences::save_preferences(&mut conn, Mailbox::of(&caller), &input).await?;
    Ok(NoContent)
}

pub(crate) async fn read_notification_preferences(
    app: App,
    caller: Caller,
) -> Result<Json<NotificationPreferences>, Error> {
    let mut conn = app.database.conn().await?;
    let chosen = preferences::find_preferences(&mut conn, Mailbox::of(&caller)).await?;
    Ok(Json(chosen.unwrap_or_default()))
}
