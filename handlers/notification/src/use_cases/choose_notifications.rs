//! A person says what they do not want to be told of or woken by, in the product that they use, and
//! reads it.

use std::collections::BTreeSet;

use serde::Deserialize;
use service::{Caller, Change, Error, IfMatch, MergePatch, Versioned};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::App;
use crate::domain::{Choice, Mailbox, NotificationClass, NotificationPreferences, QuietHours};
use crate::store::{preferences, pushes};

/// What the person chooses anew. What an app does not know, and so does not name, stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseNotifications {
    /// All at once: any other class is told. The class `security` and all that tells of money, of
    /// the account and of the shop cannot be switched off.
    #[serde(default)]
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    switched_off: Change<Classes>,
    /// All at once: any other class that is told is pushed too. The class `security` always is.
    #[serde(default)]
    #[schema(value_type = Vec<NotificationClass>, max_items = 7)]
    not_pushed: Change<Classes>,
    /// When pushes wait, but for those of security and money, in Hong Kong's time. What waited is
    /// pushed as one when they end.
    #[serde(default)]
    #[schema(value_type = Option<QuietHours>)]
    quiet_hours: Change<Option<QuietHours>>,
}

/// As many as there are, or fewer.
#[derive(Deserialize)]
#[serde(try_from = "Vec<NotificationClass>")]
struct Classes(BTreeSet<NotificationClass>);

/// More than there are.
#[derive(Debug, thiserror::Error)]
#[error("at most {} classes are expected", NotificationClass::ALL.len())]
struct ClassesError;

impl TryFrom<Vec<NotificationClass>> for Classes {
    type Error = ClassesError;

    fn try_from(classes: Vec<NotificationClass>) -> Result<Self, ClassesError> {
        if classes.len() > NotificationClass::ALL.len() {
            return Err(ClassesError);
        }
        Ok(Self(classes.into_iter().collect()))
    }
}

/// What was told before stays in the inbox.
pub(crate) async fn choose_notifications(
    app: App,
    caller: Caller,
    if_match: IfMatch,
    MergePatch(input): MergePatch<ChooseNotifications>,
) -> Result<Versioned<NotificationPreferences>, Error> {
    let mailbox = Mailbox::of(&caller);
    let mut tx = app.database.begin().await?;
    let mut chosen = preferences::lock_preferences(&mut tx, mailbox).await?;
    if_match.require(chosen.version)?;
    let choice = Choice {
        switched_off: input.switched_off.given().map(|Classes(classes)| classes),
        not_pushed: input.not_pushed.given().map(|Classes(classes)| classes),
        quiet_hours: input.quiet_hours.given(),
    };
    if chosen.choose(choice)? {
        preferences::update_preferences(&mut tx, mailbox, &chosen).await?;
        // What waits for the end of the old hours waits for that of the new ones, if there are any.
        let now = OffsetDateTime::now_utc();
        let held_until = chosen.quiet_hours().and_then(|quiet| quiet.end(now));
        pushes::move_held(&mut tx, mailbox, held_until).await?;
        tx.commit().await?;
    }
    Ok(Versioned { version: chosen.version, body: chosen })
}

pub(crate) async fn read_notification_preferences(
    app: App,
    caller: Caller,
) -> Result<Versioned<NotificationPreferences>, Error> {
    let mut conn = app.database.conn().await?;
    let chosen = preferences::find_preferences(&mut conn, Mailbox::of(&caller)).await?;
    let chosen = chosen.unwrap_or_default();
    Ok(Versioned { version: chosen.version, body: chosen })
}
