//! The SQL of what people do not want to be told of, or woken by.

use std::collections::{BTreeSet, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{TimeOfDay, UserId};

use super::{ROWS_MAX, id, list_of, mailbox};
use crate::domain::{ClassSet, Mailbox, NotificationPreferences, QuietHours};

const COLUMNS: &str = "switched_off, not_pushed, quiet_from, quiet_until, version";

/// What `COLUMNS` are read as.
type Columns = (String, String, Option<u16>, Option<u16>, u32);

/// Those of the mailboxes of these people that have any.
pub(crate) async fn list_preferences(
    tx: &mut Tx,
    user_ids: &BTreeSet<UserId>,
) -> Result<HashMap<Mailbox, NotificationPreferences>, Error> {
    type Row = (Uuid, String, String, String, Option<u16>, Option<u16>, u32);
    let user_ids: Vec<&UserId> = user_ids.iter().collect();
    let mut listed = HashMap::new();
    for part in user_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT user_id, product, {COLUMNS} FROM notification_preferences
             WHERE user_id IN ({})",
            list_of(part.iter().map(|user_id| id(user_id.uuid())))
        );
        let rows: Vec<Row> = tx.query(sql).await?;
        for (user_id, product, switched_off, not_pushed, from, until, version) in rows {
            let stored = stored((switched_off, not_pushed, from, until, version));
            listed.insert(mailbox(user_id, &product)?, stored);
        }
    }
    Ok(listed)
}

/// None if the person never chose.
pub(crate) async fn find_preferences(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<Option<NotificationPreferences>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM notification_preferences WHERE user_id = ? AND product = ?");
    let parameters = (mailbox.user_id.uuid(), mailbox.product.code());
    let chosen: Option<Columns> = connection.exec_first(sql, parameters).await?;
    Ok(chosen.map(stored))
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock_preferences(
    tx: &mut Tx,
    mailbox: Mailbox,
) -> Result<NotificationPreferences, Error> {
    let none = NotificationPreferences::default();
    tx.exec_drop(
        "INSERT INTO notification_preferences (user_id, product, switched_off, version)
         VALUES (?, ?, '', ?) ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (mailbox.user_id.uuid(), mailbox.product.code(), none.version),
    )
    .await?;
    Ok(find_preferences(tx, mailbox).await?.unwrap_or(none))
}

/// The person's choice from now on, in a row that the caller has locked.
pub(crate) async fn update_preferences(
    tx: &mut Tx,
    mailbox: Mailbox,
    preferences: &NotificationPreferences,
) -> Result<(), Error> {
    let quiet = preferences.quiet_hours();
    tx.exec_drop(
        "UPDATE notification_preferences SET switched_off = ?, not_pushed = ?, quiet_from = ?,
             quiet_until = ?, version = ?
         WHERE user_id = ? AND product = ?",
        (
            preferences.switched_off().to_codes(),
            preferences.not_pushed().to_codes(),
            quiet.map(|quiet| quiet.from.minutes()),
            quiet.map(|quiet| quiet.until.minutes()),
            preferences.version,
            mailbox.user_id.uuid(),
            mailbox.product.code(),
        ),
    )
    .await
}

fn stored((switched_off, not_pushed, from, until, version): Columns) -> NotificationPreferences {
    let time = |minutes: Option<u16>| minutes.and_then(TimeOfDay::from_minutes);
    let quiet_hours = time(from).zip(time(until)).map(|(from, until)| QuietHours { from, until });
    let [switched_off, not_pushed] =
        [switched_off, not_pushed].map(|codes| ClassSet::of_codes(&codes));
    NotificationPreferences::stored(switched_off, not_pushed, quiet_hours, version)
}
