//! The SQL of what people do not want to be told of.

use std::collections::{BTreeSet, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

use super::{ROWS_MAX, id, list_of, mailbox};
use crate::domain::{Mailbox, NotificationPreferences};

/// Those of the mailboxes of these people that have any.
pub(crate) async fn list_preferences(
    tx: &mut Tx,
    user_ids: &BTreeSet<UserId>,
) -> Result<HashMap<Mailbox, NotificationPreferences>, Error> {
    let user_ids: Vec<&UserId> = user_ids.iter().collect();
    let mut listed = HashMap::new();
    for part in user_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT user_id, product, switched_off, version FROM notification_preferences
             WHERE user_id IN ({})",
            list_of(part.iter().map(|user_id| id(user_id.uuid())))
        );
        let rows: Vec<(Uuid, String, String, u32)> = tx.query(sql).await?;
        for (user_id, product, switched_off, version) in rows {
            let preferences = NotificationPreferences::of_codes(&switched_off, version);
            listed.insert(mailbox(user_id, &product)?, preferences);
        }
    }
    Ok(listed)
}

/// None if the person never chose.
pub(crate) async fn find_preferences(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<Option<NotificationPreferences>, Error> {
    let sql = "SELECT switched_off, version FROM notification_preferences
         WHERE user_id = ? AND product = ?";
    let parameters = (mailbox.user_id.uuid(), mailbox.product.code());
    let chosen: Option<(String, u32)> = connection.exec_first(sql, parameters).await?;
    Ok(chosen.map(|(codes, version)| NotificationPreferences::of_codes(&codes, version)))
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
    let chosen = (preferences.to_codes(), preferences.version);
    tx.exec_drop(
        "UPDATE notification_preferences SET switched_off = ?, version = ?
         WHERE user_id = ? AND product = ?",
        (chosen.0, chosen.1, mailbox.user_id.uuid(), mailbox.product.code()),
    )
    .await
}
