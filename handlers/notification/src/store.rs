//! All SQL of this service.

pub(crate) mod businesses;
mod new_notifications;
pub(crate) mod old_notifications;
pub(crate) mod preferences;
pub(crate) mod program_requests;
pub(crate) mod push_tokens;
pub(crate) mod pushes;
pub(crate) mod standing_notices;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhook_endpoints;
pub(crate) mod webhook_leases;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, bytes_literal, text_literal};
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{Language, NotificationId, Product, UserId};

use crate::domain::{Mailbox, Notification};

pub(crate) use new_notifications::{
    NewLine, extend_mailboxes, insert_notifications, list_languages, list_last_numbers, list_told,
};

/// Rows that one statement is about, so that none is too large for the server or holds up others:
/// a batch of events may be for thousands.
const ROWS_MAX: usize = 500;

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

/// As statements without parameters name a mailbox: those with as many places as a batch has events
/// would be prepared again for each number of them.
fn place(mailbox: Mailbox) -> (String, String) {
    (id(mailbox.user_id.uuid()), text_literal(mailbox.product.code()))
}

fn id(id: Uuid) -> String {
    bytes_literal(id.as_bytes())
}

fn list_of(items: impl IntoIterator<Item = String>) -> String {
    items.into_iter().collect::<Vec<String>>().join(", ")
}

fn mailbox(user_id: Uuid, product: &str) -> Result<Mailbox, Error> {
    let user_id = UserId::from_uuid(user_id);
    let unreadable = || Error::Other(format!("a mailbox of {user_id} cannot be read").into());
    Ok(Mailbox { user_id, product: Product::from_code(product).ok_or_else(unreadable)? })
}

/// `None`, and a word in the log, of a product that only a later version knows: among rows that are
/// read together, such a one is left to that version and holds up none of the others.
fn known_mailbox(user_id: Uuid, product: &str) -> Option<Mailbox> {
    let mailbox = mailbox(user_id, product).ok();
    if mailbox.is_none() {
        tracing::warn!(product, "what is to be pushed in an unknown product is left alone");
    }
    mailbox
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
        notification_type: kind,
        title,
        body,
        language,
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

/// The number of a notification, and that of its mailbox's last one; None if it is not in this
/// mailbox.
pub(crate) async fn find_place(
    connection: &mut impl Queryable,
    mailbox: Mailbox,
    id: NotificationId,
) -> Result<Option<(u64, u64)>, Error> {
    connection
        .exec_first(
            "SELECT n.number, m.last_number
         FROM notifications n JOIN mailboxes m USING (user_id, product)
         WHERE n.notification_id = ? AND n.user_id = ? AND n.product = ?",
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
         SET n.is_read = TRUE, m.unread = m.unread - LEAST(m.unread, 1)
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

fn unreadable(id: impl std::fmt::Display) -> Error {
    Error::Other(format!("{id} cannot be read").into())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_line_of_a_type_or_language_that_only_a_later_version_knows_reads_as_it_stands() {
        let text = |text: &str| text.to_owned();
        let row: LineRow = (
            7,
            Uuid::now_v7(),
            text("poem-written"),
            text("ja"),
            text("A poem"),
            text("Amy wrote you a poem."),
            text(r#"{"poem_id": "poe_1"}"#),
            false,
            datetime!(2026-11-29 10:00),
        );
        let line = line(row).map_err(|error| error.to_string()).unwrap();
        let shown = serde_json::to_value(line.notification).unwrap();
        assert_eq!((&shown["type"], &shown["title"]), (&"poem-written".into(), &"A poem".into()));
        assert_eq!(shown["language"], "ja");
        assert_eq!(shown["body"], "Amy wrote you a poem.");
    }
}
