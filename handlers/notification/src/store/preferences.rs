//! The SQL of what people do not want to be told of.

use std::collections::{BTreeSet, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

use super::{id, list_of, mailbox};
use crate::domain::{Mailbox, NotificationPreferences};

/// Those of the mailboxes of these people that have any.
pub(crate) async fn list_preferences(
    tx: &mut Tx,
    user_ids: &BTreeSet<UserId>,
) -> Result<HashMap<Mailbox, NotificationPreferences>, Error> {
    if user_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT user_id, product, switched_off FROM notification_preferences
         WHERE user_id IN ({})",
        list_of(user_ids.iter().map(|user_id| id(user_id.uuid())))
    );
    let rows: Vec<(Uuid, String, String)> = tx.query(sql).await?;
    let preferences = |(user_id, product, switched_off): (Uuid, String, String)| {
        let preferences = NotificationPreferences::of_codes(&switched_off);
        Ok((mailbox(user_id, &product)?, preferences))
    };
    rows.into_iter().map(preferences).collect()
}

/// None if the person never chose.
pub(crate) async fn find_preferences(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<Option<NotificationPreferences>, Error> {
    let sql = "SELECT switched_off FROM notification_preferences
         WHERE user_id = ? AND product = ?";
    let parameters = (mailbox.user_id.uuid(), mailbox.product.code());
    let switched_off: Option<String> = connection.exec_first(sql, parameters).await?;
    Ok(switched_off.map(|codes| NotificationPreferences::of_codes(&codes)))
}

/// The person's choice from now on.
pub(crate) async fn save_preferences(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    preferences: &NotificationPreferences,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "INSERT INTO notification_preferences (user_id, product, switched_off)
             VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE switched_off = VALUES(switched_off)",
            (mailbox.user_id.uuid(), mailbox.product.code(), preferences.to_codes()),
        )
        .await
}
