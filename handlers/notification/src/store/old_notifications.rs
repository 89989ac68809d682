//! The SQL of what goes from inboxes: what is a year old, and what something newer replaces. Ids
//! grow with time, so the oldest rows are a range of them.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;

use super::{ROWS_MAX, id, list_of, mailbox, place};
use crate::domain::Mailbox;

/// A notification that is to go.
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
    let condition = format!("WHERE notification_id < {before}");
    list(tx, &format!("{condition} ORDER BY notification_id LIMIT {limit}")).await
}

/// Those of these that are still there.
pub(crate) async fn list_these(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<Vec<Old>, Error> {
    let mut listed = Vec::new();
    for part in parts_of(ids) {
        listed.extend(list(tx, &format!("WHERE notification_id IN ({part})")).await?);
    }
    Ok(listed)
}

/// Lists of ids, each short enough for a statement.
fn parts_of(ids: &BTreeSet<Uuid>) -> Vec<String> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    ids.chunks(ROWS_MAX).map(|part| list_of(part.iter().map(|one| id(*one)))).collect()
}

/// Those of these numbers that are there, in mailboxes that the caller has locked.
pub(crate) async fn list_numbered(
    tx: &mut Tx,
    numbers: &[(Mailbox, u64)],
) -> Result<Vec<Old>, Error> {
    let mut listed = Vec::new();
    for part in numbers.chunks(ROWS_MAX) {
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
    let counts: Vec<(Mailbox, u64)> = counts.into_iter().collect();
    for part in counts.chunks(ROWS_MAX) {
        let rows = part.iter().map(|(mailbox, count)| {
            let (user_id, product) = place(*mailbox);
            format!("({user_id}, {product}, {count})")
        });
        // Never below zero, which the column refuses: one wrong count would stop all that is done
        // here.
        let sql = format!(
            "INSERT INTO mailboxes (user_id, product, unread) VALUES {}
             ON DUPLICATE KEY UPDATE unread = unread - LEAST(unread, VALUES(unread))",
            list_of(rows)
        );
        tx.query_drop(sql).await?;
    }
    Ok(())
}

pub(crate) async fn delete_these(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<(), Error> {
    for part in parts_of(ids) {
        let sql = format!("DELETE FROM notifications WHERE notification_id IN ({part})");
        tx.query_drop(sql).await?;
    }
    Ok(())
}

/// They are read; `reduce_unread` counts them.
pub(crate) async fn mark_these_read(tx: &mut Tx, ids: &BTreeSet<Uuid>) -> Result<(), Error> {
    for part in parts_of(ids) {
        let sql =
            format!("UPDATE notifications SET is_read = TRUE WHERE notification_id IN ({part})");
        tx.query_drop(sql).await?;
    }
    Ok(())
}
