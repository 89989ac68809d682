//! All SQL of this service.

pub(crate) mod push_tokens;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{self, Tx};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{Language, NotificationId, UserId};

use crate::domain::{Mailbox, Notice, Notification, NotificationType, Text};

/// Follows `WHERE`: the mailbox, then one condition on `n.number`.
const SELECT_LINES: &str = "SELECT n.number, n.notification_id, n.kind, n.language, n.title,
        n.body, n.facts, n.is_read OR n.number <= m.read_through, n.created_at
    FROM mailboxes m JOIN notifications n USING (user_id, product)
    WHERE m.user_id = ? AND m.product = ?";

type LineRow = (u64, Uuid, String, String, String, String, String, bool, PrimitiveDateTime);

/// A notification and its place in the mailbox.
pub(crate) struct Line {
    /// Later notifications of the same mailbox have larger numbers, and are committed later.
    pub(crate) number: u64,
    pub(crate) notification: Notification,
}

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_language(
    tx: &mut Tx,
    user_id: UserId,
    language: Language,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignment before it still sees the stored one.
    tx.exec_drop(
        "INSERT INTO languages (user_id, language, version) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE
             language = IF(VALUES(version) > version, VALUES(language), language),
             version = GREATEST(version, VALUES(version))",
        (user_id.uuid(), language.code(), version),
    )
    .await
}

/// English if the person has not chosen a language.
pub(crate) async fn find_language(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Language, Error> {
    let code: Option<String> = connection
        .exec_first("SELECT language FROM languages WHERE user_id = ?", (user_id.uuid(),))
        .await?;
    let Some(code) = code else { return Ok(Language::English) };
    let unreadable = || Error::Other(format!("the language of {user_id} cannot be read").into());
    Language::from_code(&code).ok_or_else(unreadable)
}

/// Appends to the mailbox, which stays locked until the transaction ends. If the mailbox already
/// has a notification from this event, nothing is appended.
pub(crate) async fn insert_notification(
    tx: &mut Tx,
    event_id: &str,
    notice: &Notice,
    text: &Text,
) -> Result<(), Error> {
    let mailbox = (notice.mailbox.user_id.uuid(), notice.mailbox.product.code());
    let facts = serde_json::to_string(&notice.facts).map_err(|error| Error::Other(error.into()))?;
    tx.exec_drop(
        "INSERT INTO mailboxes (user_id, product) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE last_number = last_number",
        mailbox,
    )
    .await?;
    let inserted = tx
        .exec_drop(
            "INSERT INTO notifications (user_id, product, number, notification_id, event_id, kind,
                 language, title, body, facts)
             VALUES (?, ?,
                 (SELECT last_number + 1 FROM mailboxes WHERE user_id = ? AND product = ?),
                 ?, ?, ?, ?, ?, ?, ?)",
            (
                mailbox.0,
                mailbox.1,
                mailbox.0,
                mailbox.1,
                NotificationId::new().uuid(),
                event_id,
                notice.message.notification_type().code(),
                text.language.code(),
                text.title,
                &text.body,
                facts,
            ),
        )
        .await;
    match inserted {
        Ok(()) => {
            tx.exec_drop(
                "UPDATE mailboxes SET last_number = last_number + 1, unread = unread + 1
                 WHERE user_id = ? AND product = ?",
                mailbox,
            )
            .await
        }
        Err(error) if database::is_duplicate(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The newest notifications whose number is below `number`, newest first.
pub(crate) async fn list_before(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    number: u64,
    limit: usize,
) -> Result<Vec<Line>, Error> {
    let sql = format!("{SELECT_LINES} AND n.number < ? ORDER BY n.number DESC LIMIT ?");
    list(connection, &sql, mailbox, number, limit).await
}

/// The oldest notifications whose number is above `number`, oldest first.
pub(crate) async fn list_after(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    number: u64,
    limit: usize,
) -> Result<Vec<Line>, Error> {
    let sql = format!("{SELECT_LINES} AND n.number > ? ORDER BY n.number LIMIT ?");
    list(connection, &sql, mailbox, number, limit).await
}

async fn list(
    connection: &mut impl Queryable,
    sql: &str,
    mailbox: Mailbox,
    number: u64,
    limit: usize,
) -> Result<Vec<Line>, Error> {
    let parameters = (mailbox.user_id.uuid(), mailbox.product.code(), number, limit);
    let rows: Vec<LineRow> = connection.exec(sql, parameters).await?;
    rows.into_iter().map(line).collect()
}

fn line(row: LineRow) -> Result<Line, Error> {
    let (number, id, kind, language, title, body, facts, is_read, created_at) = row;
    let notification_id = NotificationId::from_uuid(id);
    let unreadable = || Error::Other(format!("{notification_id} cannot be read").into());
    let notification = Notification {
        notification_id,
        notification_type: NotificationType::from_code(&kind).ok_or_else(unreadable)?,
        title,
        body,
        language: Language::from_code(&language).ok_or_else(unreadable)?,
        facts: serde_json::from_str(&facts).map_err(|_| unreadable())?,
        is_read,
        created_at: created_at.assume_utc().into(),
    };
    Ok(Line { number, notification })
}

/// The number of a notification; None if it is not in this mailbox.
pub(crate) async fn find_number(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    id: NotificationId,
) -> Result<Option<u64>, Error> {
    connection
        .exec_first(
            "SELECT number FROM notifications
         WHERE notification_id = ? AND user_id = ? AND product = ?",
            (id.uuid(), mailbox.user_id.uuid(), mailbox.product.code()),
        )
        .await
}

/// The newest notification of this mailbox, with its number.
pub(crate) async fn find_newest(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<Option<(u64, NotificationId)>, Error> {
    let newest: Option<(u64, Uuid)> = connection
        .exec_first(
            "SELECT number, notification_id FROM notifications
             WHERE user_id = ? AND product = ? ORDER BY number DESC LIMIT 1",
            (mailbox.user_id.uuid(), mailbox.product.code()),
        )
        .await?;
    Ok(newest.map(|(number, id)| (number, NotificationId::from_uuid(id))))
}

/// How many notifications are unread.
pub(crate) async fn count_unread(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<u64, Error> {
    let unread: Option<u64> = connection
        .exec_first(
            "SELECT unread FROM mailboxes WHERE user_id = ? AND product = ?",
            (mailbox.user_id.uuid(), mailbox.product.code()),
        )
        .await?;
    Ok(unread.unwrap_or_default())
}

/// Marks a notification read; if it is already, nothing changes.
pub(crate) async fn mark_read(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    number: u64,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE mailboxes m JOIN notifications n USING (user_id, product)
         SET n.is_read = TRUE, m.unread = m.unread - 1
         WHERE m.user_id = ? AND m.product = ? AND n.number = ?
             AND NOT n.is_read AND n.number > m.read_through",
            (mailbox.user_id.uuid(), mailbox.product.code(), number),
        )
        .await
}

/// Marks everything that the mailbox has now as read.
pub(crate) async fn mark_all_read(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "UPDATE mailboxes SET read_through = last_number, unread = 0
         WHERE user_id = ? AND product = ?",
            (mailbox.user_id.uuid(), mailbox.product.code()),
        )
        .await
}
