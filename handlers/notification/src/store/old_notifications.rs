//! The SQL of what goes from inboxes: what is a year old, and what something newer replaces. Ids
//! grow with time, so the oldest rows are a range of them.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;

use super::{id, list_of, mailbox, place};
use crate::domain::Mailbox;

/// A notification that is to go.
pub(crate) struct Old {
    pub(crate) id: Uuid,
    pub(crate) mailbox: Mailbox,
    pub(crate) is_unread: bool,
}

/// Numbers that one statement is about, so that none is too large for the server.
const NUMBERS_MAX: usize = 500;

const SELECT: &str = "SELECT notification_id, user_id, product,
        NOT is_read AND number > read_through
    FROM notifications JOIN mailboxes USING (user_id, product)";

/// The oldest with ids below `before`.
pub(crate) async fn list_old(tx: &mut Tx, before: Uuid, limit: usize) -> Result<Vec<Old>, Error> {
    let before = id(before);
    let condition = format!("WHERE notification_id < {before}");
    list(tx, &format!("{condition} ORDER BY notification_id LIMIT {limit}")).await
}

/// Those of these that are still there.
pub(crate) async fn list_these(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<Vec<Old>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = list_of(ids.iter().map(|one| id(*one)));
    list(tx, &format!("WHERE notification_id IN ({ids})")).await
}

/// Those of these numbers that are there, in mailboxes that the caller has locked.
pub(crate) async fn list_numbered(
    tx: &mut Tx,
    numbers: &[(Mailbox, u64)],
) -> Result<Vec<Old>, Error> {
    let mut listed = Vec::new();
    for part in numbers.chunks(NUMBERS_MAX) {
        let keys = part.iter().map(|(mailbox, number)| {
            let (user_id, product) = place(*mailbox);
            format!("SELECT {user_id} AS of_user, {product} AS of_product, {number} AS of_number")
        });
        // Joined as in `standing_notices::lock_told`.
        let keys = keys.collect::<Vec<String>>().join(" UNION ALL ");
        let join = format!(
            "JOIN ({keys}) AS numbers
                 ON user_id = of_user AND product = of_product AND number = of_number"
        );
        listed.extend(list(tx, &join).await?);
    }
    Ok(listed)
}

/// `which` follows the tables.
async fn list(tx: &mut Tx, which: &str) -> Result<Vec<Old>, Error> {
    let rows: Vec<(Uuid, Uuid, String, bool)> = tx.query(format!("{SELECT} {which}")).await?;
    let old = |(id, user_id, product, is_unread): (Uuid, Uuid, String, bool)| {
        Ok(Old { id, mailbox: mailbox(user_id, &product)?, is_unread })
    };
    rows.into_iter().map(old).collect()
}

/// Those of these that are unread are counted so no more, in mailboxes that the caller has locked.
pub(crate) async fn reduce_unread(tx: &mut Tx, old: &[Old]) -> Result<(), Error> {
    let mut counts: BTreeMap<Mailbox, u64> = BTreeMap::new();
    for Old { mailbox, .. } in old.iter().filter(|old| old.is_unread) {
        let count = counts.entry(*mailbox).or_default();
        *count = count.saturating_add(1);
    }
    if counts.is_empty() {
        return Ok(());
    }
    let rows = counts.iter().map(|(mailbox, count)| {
        let (user_id, product) = place(*mailbox);
        format!("({user_id}, {product}, {count})")
    });
    // Never below zero, which the column refuses: one wrong count would stop all that is done here.
    let sql = format!(
        "INSERT INTO mailboxes (user_id, product, unread) VALUES {}
         ON DUPLICATE KEY UPDATE unread = unread - LEAST(unread, VALUES(unread))",
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

/// They are read; `reduce_unread` counts them.
pub(crate) async fn mark_these_read(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids = list_of(ids.iter().map(|one| id(*one)));
    let sql = format!("UPDATE notifications SET is_read = TRUE WHERE notification_id IN ({ids})");
    tx.query_drop(sql).await
}
