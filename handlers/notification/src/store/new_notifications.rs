//! The SQL of what is told: whom in which language, whether they were told before, and the lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, text_literal};
use uuid::Uuid;
use values::{Language, NotificationId, UserId};

use super::{ROWS_MAX, id, list_of, mailbox, place};
use crate::domain::{Mailbox, Notice, Text};

/// The languages of those of these people who have chosen one. One that only a later version knows
/// has no templates here, so its readers read what is read by who has chosen none.
pub(crate) async fn list_languages(
    tx: &mut Tx,
    user_ids: &BTreeSet<UserId>,
) -> Result<HashMap<UserId, Language>, Error> {
    let user_ids: Vec<&UserId> = user_ids.iter().collect();
    let mut languages = HashMap::new();
    for part in user_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT user_id, language FROM languages WHERE user_id IN ({})",
            list_of(part.iter().map(|user_id| id(user_id.uuid())))
        );
        let rows: Vec<(Uuid, String)> = tx.query(sql).await?;
        languages.extend(rows.into_iter().filter_map(|(user_id, code)| {
            Some((UserId::from_uuid(user_id), Language::from_code(&code)?))
        }));
    }
    Ok(languages)
}

/// Which mailboxes have a notification of which of these events, and its number.
pub(crate) async fn list_told(
    tx: &mut Tx,
    event_ids: &BTreeSet<&str>,
) -> Result<HashMap<(String, Mailbox), u64>, Error> {
    let event_ids: Vec<&&str> = event_ids.iter().collect();
    let mut told = HashMap::new();
    for part in event_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT event_id, user_id, product, number FROM notifications WHERE event_id IN ({})",
            list_of(part.iter().map(|event_id| text_literal(event_id)))
        );
        let rows: Vec<(String, Uuid, String, u64)> = tx.query(sql).await?;
        for (event_id, user_id, product, number) in rows {
            told.insert((event_id, mailbox(user_id, &product)?), number);
        }
    }
    Ok(told)
}

/// Makes room for so many notifications in each mailbox, which stays locked until the transaction
/// ends, and returns the number of each mailbox's last one.
pub(crate) async fn extend_mailboxes(
    tx: &mut Tx,
    counts: &BTreeMap<Mailbox, u64>,
) -> Result<HashMap<Mailbox, u64>, Error> {
    // The rows are locked in the order in which they stand here, statement after statement.
    let counts: Vec<(&Mailbox, &u64)> = counts.iter().collect();
    for part in counts.chunks(ROWS_MAX) {
        let rows = part.iter().map(|(mailbox, count)| {
            let (user_id, product) = place(**mailbox);
            format!("({user_id}, {product}, {count}, {count})")
        });
        let sql = format!(
            "INSERT INTO mailboxes (user_id, product, last_number, unread) VALUES {}
             ON DUPLICATE KEY UPDATE last_number = last_number + VALUES(last_number),
                 unread = unread + VALUES(unread)",
            list_of(rows)
        );
        tx.query_drop(sql).await?;
    }
    let user_ids: BTreeSet<UserId> = counts.iter().map(|(mailbox, _)| mailbox.user_id).collect();
    list_last_numbers(tx, user_ids).await
}

/// The number of the last notification of each mailbox that these people have.
pub(crate) async fn list_last_numbers(
    connection: &mut impl Queryable,
    user_ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<Mailbox, u64>, Error> {
    let user_ids: Vec<UserId> = user_ids.into_iter().collect();
    let mut numbers = HashMap::new();
    for part in user_ids.chunks(ROWS_MAX) {
        let sql = format!(
            "SELECT user_id, product, last_number FROM mailboxes WHERE user_id IN ({})",
            list_of(part.iter().map(|user_id| id(user_id.uuid())))
        );
        let rows: Vec<(Uuid, String, u64)> = connection.query(sql).await?;
        for (user_id, product, number) in rows {
            numbers.insert(mailbox(user_id, &product)?, number);
        }
    }
    Ok(numbers)
}

/// A notification that is not delivered yet.
pub(crate) struct NewLine<'a> {
    pub(crate) id: NotificationId,
    pub(crate) number: u64,
    pub(crate) event_id: &'a str,
    pub(crate) notice: &'a Notice,
    pub(crate) text: Text,
}

/// Appends to mailboxes that were extended for them.
pub(crate) async fn insert_notifications(tx: &mut Tx, lines: &[NewLine<'_>]) -> Result<(), Error> {
    for part in lines.chunks(ROWS_MAX) {
        let rows: Vec<String> = part.iter().map(row_of).collect::<Result<_, Error>>()?;
        let sql = format!(
            "INSERT INTO notifications (user_id, product, number, notification_id, event_id, kind,
                 language, title, body, facts)
             VALUES {}",
            list_of(rows)
        );
        tx.query_drop(sql).await?;
    }
    Ok(())
}

fn row_of(line: &NewLine<'_>) -> Result<String, Error> {
    let (user_id, product) = place(line.notice.mailbox);
    let facts = serde_json::to_string(&line.notice.facts);
    Ok(format!(
        "({user_id}, {product}, {}, {}, {}, {}, {}, {}, {}, {})",
        line.number,
        id(line.id.uuid()),
        text_literal(line.event_id),
        text_literal(line.notice.notification_type().code()),
        text_literal(line.text.language.code()),
        text_literal(line.text.title),
        text_literal(&line.text.body),
        text_literal(&facts.map_err(|error| Error::Other(error.into()))?),
    ))
}
