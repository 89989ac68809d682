//! The entries of all feeds: a read model of payments.

use std::collections::{BTreeMap, HashSet};

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::{Tx, text_literal};
use uuid::Uuid;
use values::Party;

use super::{id, list_of};
use crate::domain::Entry;

/// Learns of payments whether they are hidden, and returns those that are by now: hidden once is
/// hidden for good. Each stays locked until the transaction ends, so that of the payment and of its
/// hiding, at work at the same time, the later one sees what the other did.
pub(crate) async fn save_visibilities(
    tx: &mut Tx,
    is_hidden: &BTreeMap<Uuid, bool>,
) -> Result<HashSet<Uuid>, Error> {
    if is_hidden.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = is_hidden.iter().map(|(id_of, is)| format!("({}, {})", id(*id_of), u8::from(*is)));
    let sql = format!(
        "INSERT INTO visibilities (operation_id, is_hidden) VALUES {}
         ON DUPLICATE KEY UPDATE is_hidden = GREATEST(is_hidden, VALUES(is_hidden))",
        list_of(rows)
    );
    tx.query_drop(sql).await?;
    let sql = format!(
        "SELECT operation_id FROM visibilities WHERE is_hidden = 1 AND operation_id IN ({})",
        list_of(is_hidden.keys().map(|id_of| id(*id_of)))
    );
    Ok(tx.query::<Uuid, _>(sql).await?.into_iter().collect())
}

/// Adds those that are not there.
pub(crate) async fn insert_entries(tx: &mut Tx, entries: &mut [Entry]) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    // All transactions lock in one order, so none waits in a circle.
    entries.sort_unstable_by_key(|entry| (entry.person_id, entry.place));
    let sql = format!(
        "INSERT INTO entries (person_id, place, kind, operation_id, is_outgoing, other_type,
             other_id, other_name, amount, note, sticker, is_shown)
         VALUES {} ON DUPLICATE KEY UPDATE place = VALUES(place)",
        list_of(entries.iter().map(row))
    );
    tx.query_drop(sql).await
}

fn row(entry: &Entry) -> String {
    let null = || "NULL".to_owned();
    let optional = |text: &Option<String>| text.as_deref().map_or_else(null, text_literal);
    let (other_type, other_id, other_name) = match &entry.other {
        None => (null(), null(), ""),
        Some(Party::User { id: user_id, name }) => {
            (text_literal("user"), id(user_id.uuid()), name.as_deref().unwrap_or_default())
        }
        Some(Party::Business { id: business_id, name }) => {
            (text_literal("business"), id(business_id.uuid()), &**name)
        }
        Some(Party::Fps { name }) => (text_literal("fps"), null(), &**name),
    };
    format!(
        "({}, {}, {}, {}, {}, {other_type}, {other_id}, {}, {}, {}, {}, {})",
        id(entry.person_id.uuid()),
        id(entry.place),
        text_literal(entry.kind.code()),
        id(entry.operation_id),
        u8::from(entry.is_outgoing),
        text_literal(other_name),
        entry.amount.minor_units(),
        optional(&entry.note),
        optional(&entry.sticker),
        u8::from(entry.is_shown),
    )
}

/// Takes payments from all eyes but those of the two.
pub(crate) async fn hide_entries(tx: &mut Tx, hidden: &HashSet<Uuid>) -> Result<(), Error> {
    if hidden.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE entries SET is_shown = 0 WHERE operation_id IN ({})",
        list_of(hidden.iter().map(|hidden| id(*hidden)))
    );
    tx.query_drop(sql).await
}
