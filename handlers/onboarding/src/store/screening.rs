//! Lists, and which of their entries names are like.

use std::collections::HashSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row, Value};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use values::ApplicationId;

use super::{stored, take, time_of, unreadable};
use crate::domain::{Entry, Found};

/// Entries that one statement writes.
const ENTRIES_AT_ONCE: usize = 500;

/// The list that counts.
pub(crate) struct Newest {
    pub(crate) version: u32,
    /// SHA-256 of the blob.
    pub(crate) digest: Vec<u8>,
    pub(crate) entries: u32,
}

/// A hit, as a reviewer reads it.
pub(crate) struct StoredHit {
    pub(crate) list_version: u32,
    pub(crate) entry_id: String,
    pub(crate) entry_name: String,
    pub(crate) program: String,
    /// In thousandths.
    pub(crate) score: u16,
    pub(crate) found_at: OffsetDateTime,
    pub(crate) cleared_at: Option<OffsetDateTime>,
}

pub(crate) async fn find_newest(connection: &mut impl Queryable) -> Result<Option<Newest>, Error> {
    let row: Option<(u32, Vec<u8>, u32)> = connection
        .query_first(
            "SELECT list_version, digest, entries FROM screening_lists
             ORDER BY list_version DESC LIMIT 1",
        )
        .await?;
    Ok(row.map(|(version, digest, entries)| Newest { version, digest, entries }))
}

/// From its commit on it is the newest. Answers its version.
pub(crate) async fn insert_list(
    tx: &mut Tx,
    blob_name: &str,
    digest: &[u8],
    entries: &[Entry],
) -> Result<u32, Error> {
    tx.exec_drop(
        "INSERT INTO screening_lists (blob_name, digest, entries) VALUES (?, ?, ?)",
        (blob_name, digest, entries.len()),
    )
    .await?;
    let version = tx.last_insert_id().and_then(|id| u32::try_from(id).ok());
    let version = version.ok_or_else(|| unreadable("the version of a list"))?;
    let mut number: u32 = 0;
    for part in entries.chunks(ENTRIES_AT_ONCE) {
        let mut parameters: Vec<Value> = Vec::with_capacity(part.len().saturating_mul(3));
        for entry in part {
            let body = serde_json::to_string(entry).map_err(|error| Error::Other(error.into()))?;
            parameters.extend([version.into(), number.into(), body.into()]);
            number = number.saturating_add(1);
        }
        let rows = vec!["(?, ?, ?)"; part.len()].join(", ");
        let sql =
            format!("INSERT INTO screening_entries (list_version, number, body) VALUES {rows}");
        // Not prepared: a statement of this length would stay with the connection.
        tx.exec_drop(sql, parameters).await?;
    }
    Ok(version)
}

pub(crate) async fn list_entries(
    connection: &mut impl Queryable,
    version: u32,
) -> Result<Vec<Entry>, Error> {
    let bodies: Vec<String> = connection
        .exec(
            "SELECT body FROM screening_entries WHERE list_version = ? ORDER BY number",
            (version,),
        )
        .await?;
    let entry =
        |body: String| serde_json::from_str(&body).map_err(|_| unreadable("an entry of a list"));
    bodies.into_iter().map(entry).collect()
}

/// Of lists that are older than the one before this.
pub(crate) async fn delete_old_entries(
    connection: &mut impl Queryable,
    newest: u32,
    limit: u32,
) -> Result<(), Error> {
    connection
        .exec_drop(
            "DELETE FROM screening_entries WHERE list_version < ? LIMIT ?",
            (newest.saturating_sub(1), limit),
        )
        .await
}

/// What was cleared stays cleared.
pub(crate) async fn save_hits(
    tx: &mut Tx,
    id: ApplicationId,
    list_version: u32,
    found: &[Found],
    at: OffsetDateTime,
) -> Result<(), Error> {
    for hit in found {
        tx.exec_drop(
            "INSERT INTO screening_hits (application_id, entry_digest, list_version, entry_id,
                 entry_name, program, score, found_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE list_version = VALUES(list_version), score = VALUES(score)",
            (
                id.uuid(),
                hit.entry_digest,
                list_version,
                &hit.entry_id,
                &hit.entry_name,
                &hit.program,
                hit.score,
                stored(at),
            ),
        )
        .await?;
    }
    Ok(())
}

/// Which entries are known to be somebody else.
pub(crate) async fn list_cleared(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<HashSet<Vec<u8>>, Error> {
    let digests: Vec<Vec<u8>> = connection
        .exec(
            "SELECT entry_digest FROM screening_hits
             WHERE application_id = ? AND cleared_at IS NOT NULL",
            (id.uuid(),),
        )
        .await?;
    Ok(digests.into_iter().collect())
}

/// The most alike first.
pub(crate) async fn list_hits(
    connection: &mut impl Queryable,
    id: ApplicationId,
    limit: u32,
) -> Result<Vec<StoredHit>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT list_version, entry_id, entry_name, program, score, found_at, cleared_at
             FROM screening_hits WHERE application_id = ? ORDER BY score DESC, entry_id LIMIT ?",
            (id.uuid(), limit),
        )
        .await?;
    rows.into_iter().map(hit).collect()
}

fn hit(mut row: Row) -> Result<StoredHit, Error> {
    let row = &mut row;
    let found_at: PrimitiveDateTime = take(row, "found_at")?;
    let cleared_at: Option<PrimitiveDateTime> = take(row, "cleared_at")?;
    Ok(StoredHit {
        list_version: take(row, "list_version")?,
        entry_id: take(row, "entry_id")?,
        entry_name: take(row, "entry_name")?,
        program: take(row, "program")?,
        score: take(row, "score")?,
        found_at: time_of(found_at),
        cleared_at: cleared_at.map(time_of),
    })
}

/// Whoever decided knows that these entries are somebody else.
pub(crate) async fn clear_hits(
    tx: &mut Tx,
    id: ApplicationId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE screening_hits SET cleared_at = ? WHERE application_id = ? AND cleared_at IS NULL",
        (stored(at), id.uuid()),
    )
    .await
}
