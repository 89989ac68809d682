//! The SQL of what inboxes forget. Ids grow with time, so the oldest rows are a range of them.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;

use super::{id, list_of, mailbox, place};
use crate::domain::Mailbox;

/// A notification that is to be forgotten.
pub(crate) struct Old {
    pub(crate) id: Uuid,
    pub(crate) mailbox: Mailbox,
    pub(crate) is_unread: bool,
}

const SELECT: &str = "SELECT notification_id, user_id, product,
        NOT is_read AND number > read_through
    FROM notifications JOIN mailboxes USING (user_id, product)";

/// The oldest with ids below `before`.
pub(crate) async fn list_old(tx: &mut Tx, before: Uuid, limit: usize) -> Result<Vec<Old>, Error> {
    let before = id(before);
    list(tx, &format!("notification_id < {before} ORDER BY notification_id LIMIT {limit}")).await
}

/// Those of these that are still there.
pub(crate) async fn list_these(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<Vec<Old>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    list(tx, &format!("notification_id IN ({})", list_of(ids.iter().map(|one| id(*one))))).await
}

async fn list(tx: &mut Tx, condition: &str) -> Result<Vec<Old>, Error> {
    let rows: Vec<(Uuid, Uuid, String, bool)> =
        tx.query(format!("{SELECT} WHERE {condition}")).await?;
    let old = |(id, user_id, product, is_unread): (Uuid, Uuid, String, bool)| {
        Ok(Old { id, mailbox: mailbox(user_id, &product)?, is_unread })
    };
    rows.into_iter().map(old).collect()
}

/// So many fewer are unread in these mailboxes, which the caller has locked.
pub(crate) async fn reduce_unread(
    tx: &mut Tx,
    counts: &BTreeMap<Mailbox, u64>,
) -> Result<(), Error> {
    if counts.is_empty() {
        return Ok(());
    }
    let rows = counts.iter().map(|(mailbox, count)| {
        let (user_id, product) = place(*mailbox);
        format!("({user_id}, {product}, {count})")
    });
    let sql = format!(
        "INSERT INTO mailboxes (user_id, product, unread) VALUES {}
         ON DUPLICATE KEY UPDATE unread = unread - VALUES(unread)",
        list_of(rows)
    );
    tx.query_drop(sql).await
}

pub(crate) async fn delete_these(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = list_of(ids.iter().map(|one| id(*one)));
    tx.query_drop(format!("DELETE FROM notifications WHERE notification_id IN ({ids})")).await
}
