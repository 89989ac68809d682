//! Which account of the graph is whose.

use std::collections::{BTreeMap, BTreeSet};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, bytes_literal, text_literal};
use uuid::Uuid;
use values::GraphAccountId;

use crate::domain::{GraphAccountType, Names, Subject};

/// The accounts of these, of those that have one.
pub(crate) async fn list_names<'s>(
    conn: &mut Conn,
    subjects: impl IntoIterator<Item = &'s Subject>,
) -> Result<Names, Error> {
    let wanted = list_of(subjects.into_iter().map(|subject| place(*subject)));
    if wanted.is_empty() {
        return Ok(Names::new());
    }
    let rows: Vec<(String, Uuid, Uuid)> = conn
        .query(format!(
            "SELECT kind, subject_id, account_id FROM pseudonyms
             WHERE (kind, subject_id) IN ({wanted})"
        ))
        .await?;
    rows.into_iter().map(named).collect()
}

/// Gives an account to each of these that has none, unless somebody else does at this moment.
pub(crate) async fn insert_names(tx: &mut Tx, names: &Names) -> Result<(), Error> {
    let rows = list_of(names.iter().map(|(subject, account_id)| {
        let Subject { kind, id } = subject;
        let (kind, id) = (text_literal(kind.code()), bytes_literal(id.as_bytes()));
        format!("({kind}, {id}, {})", bytes_literal(account_id.uuid().as_bytes()))
    }));
    tx.query_drop(format!(
        "INSERT IGNORE INTO pseudonyms (kind, subject_id, account_id) VALUES {rows}"
    ))
    .await
}

/// Forgets whose these accounts were.
pub(crate) async fn delete_names(tx: &mut Tx, subjects: &[Subject]) -> Result<(), Error> {
    let places = list_of(subjects.iter().map(|subject| place(*subject)));
    if places.is_empty() {
        return Ok(());
    }
    tx.query_drop(format!("DELETE FROM pseudonyms WHERE (kind, subject_id) IN ({places})")).await
}

/// Says that nobody with such a digest is to have an account again.
pub(crate) async fn insert_forgotten(tx: &mut Tx, digests: &[[u8; 32]]) -> Result<(), Error> {
    let rows = list_of(digests.iter().map(|digest| format!("({})", bytes_literal(digest))));
    tx.query_drop(format!("INSERT IGNORE INTO forgotten (digest) VALUES {rows}")).await
}

/// Those of the digests that are of somebody who was forgotten. Whoever is being forgotten at this
/// moment is waited for.
pub(crate) async fn lock_forgotten(
    tx: &mut Tx,
    digests: &BTreeMap<[u8; 32], Subject>,
) -> Result<Vec<Subject>, Error> {
    let wanted = list_of(digests.keys().map(|digest| bytes_literal(digest)));
    let sql = format!("SELECT digest FROM forgotten WHERE digest IN ({wanted}) LOCK IN SHARE MODE");
    let found: Vec<Vec<u8>> = tx.query(sql).await?;
    let found: BTreeSet<Vec<u8>> = found.into_iter().collect();
    let is_found = |(digest, _): &(&[u8; 32], &Subject)| found.contains(digest.as_slice());
    Ok(digests.iter().filter(is_found).map(|(_, subject)| *subject).collect())
}

/// Those of the accounts that are still somebody's.
pub(crate) async fn list_tied(
    conn: &mut Conn,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<BTreeSet<GraphAccountId>, Error> {
    if accounts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let wanted = list_of(accounts.iter().map(|id| bytes_literal(id.uuid().as_bytes())));
    let sql = format!("SELECT account_id FROM pseudonyms WHERE account_id IN ({wanted})");
    let found: Vec<Uuid> = conn.query(sql).await?;
    Ok(found.into_iter().map(GraphAccountId::from_uuid).collect())
}

/// Whose these accounts are, of those that are still somebody's.
pub(crate) async fn list_subjects(
    conn: &mut Conn,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<BTreeMap<GraphAccountId, Subject>, Error> {
    if accounts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted = list_of(accounts.iter().map(|id| bytes_literal(id.uuid().as_bytes())));
    let rows: Vec<(String, Uuid, Uuid)> = conn
        .query(format!(
            "SELECT kind, subject_id, account_id FROM pseudonyms WHERE account_id IN ({wanted})"
        ))
        .await?;
    let names = rows.into_iter().map(named).collect::<Result<Names, Error>>()?;
    Ok(names.into_iter().map(|(subject, account)| (account, subject)).collect())
}

fn named((kind, id, account_id): (String, Uuid, Uuid)) -> Result<(Subject, GraphAccountId), Error> {
    let known = GraphAccountType::from_code(&kind);
    let kind = known.ok_or_else(|| Error::Other(format!("{kind:?}").into()))?;
    Ok((Subject { kind, id }, GraphAccountId::from_uuid(account_id)))
}

pub(super) fn place(Subject { kind, id }: Subject) -> String {
    format!("({}, {})", text_literal(kind.code()), bytes_literal(id.as_bytes()))
}

pub(super) fn list_of(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<String>>().join(", ")
}
