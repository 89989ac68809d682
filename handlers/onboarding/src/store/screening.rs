//! Lists, and which of their entries names are like.

use std::collections::HashSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row, Value};
use service::database::{Tx, unknown_code};
use time::{OffsetDateTime, PrimitiveDateTime};
use values::ApplicationId;

use super::{stored, take, time_of, unreadable};
use crate::domain::{Entry, ListSize, ListSource};

/// Entries that one statement writes. A connection keeps the statement, of some kilobytes.
const ENTRIES_AT_ONCE: usize = 500;

/// A list that begins to count.
pub(crate) struct NewList<'a> {
    /// One more than the newest has.
    pub(crate) version: u32,
    pub(crate) source: ListSource,
    pub(crate) blob_name: &'a str,
    /// SHA-256 of what was imported.
    pub(crate) digest: &'a [u8],
    pub(crate) size: ListSize,
}

/// The list of a source that counts.
pub(crate) struct Counting {
    pub(crate) version: u32,
    pub(crate) digest: Vec<u8>,
    pub(crate) size: ListSize,
}

/// A list, as a reviewer reads of it.
pub(crate) struct ComparedList {
    pub(crate) source: ListSource,
    pub(crate) version: u32,
    pub(crate) imported_at: OffsetDateTime,
}

/// A hit that is stored.
pub(crate) struct SealedHit {
    pub(crate) entry_index: [u8; 32],
    /// None if it is stored already.
    pub(crate) entry: Option<Vec<u8>>,
    /// In thousandths.
    pub(crate) score: u16,
}

/// A hit, as it is read.
pub(crate) struct StoredHit {
    pub(crate) list_version: u32,
    pub(crate) entry_index: [u8; 32],
    /// Sealed.
    pub(crate) entry: Vec<u8>,
    /// In thousandths.
    pub(crate) score: u16,
    pub(crate) found_at: OffsetDateTime,
    pub(crate) cleared_at: Option<OffsetDateTime>,
}

/// The version of the newest list of all. It stands for all lists that count: of each source the
/// newest up to it.
pub(crate) async fn find_newest(connection: &mut impl Queryable) -> Result<Option<u32>, Error> {
    let newest: Option<Option<u32>> =
        connection.query_first("SELECT MAX(list_version) FROM screening_lists").await?;
    Ok(newest.flatten())
}

pub(crate) async fn find_counting(
    connection: &mut impl Queryable,
    source: ListSource,
) -> Result<Option<Counting>, Error> {
    let row: Option<(u32, Vec<u8>, u32, Option<u32>)> = connection
        .exec_first(
            "SELECT list_version, digest, entries, names FROM screening_lists
             WHERE source = ? ORDER BY list_version DESC LIMIT 1",
            (source.code(),),
        )
        .await?;
    Ok(row.map(|(version, digest, entries, names)| {
        let size = ListSize { entries, names };
        Counting { version, digest, size }
    }))
}

/// The lists that counted when this version was the newest.
pub(crate) async fn list_counting(
    connection: &mut impl Queryable,
    version: u32,
) -> Result<Vec<ComparedList>, Error> {
    let rows: Vec<(String, u32, PrimitiveDateTime)> = connection
        .exec(
            "SELECT source, list_version, imported_at FROM screening_lists
             WHERE list_version IN (SELECT MAX(list_version) FROM screening_lists
                 WHERE list_version <= ? GROUP BY source)
             ORDER BY list_version",
            (version,),
        )
        .await?;
    let list = |(source, version, imported_at): (String, u32, PrimitiveDateTime)| {
        let source = ListSource::from_code(&source).ok_or_else(|| unknown_code("a source"))?;
        Ok(ComparedList { source, version, imported_at: time_of(imported_at) })
    };
    rows.into_iter().map(list).collect()
}

/// From its commit on it is the newest of its source. Fails with a duplicate key if another one of
/// this version was imported at the same time.
pub(crate) async fn insert_list(
    tx: &mut Tx,
    list: &NewList<'_>,
    entries: &[Entry],
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO screening_lists (list_version, source, blob_name, digest, entries, names)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            list.version,
            list.source.code(),
            list.blob_name,
            list.digest,
            list.size.entries,
            list.size.names,
        ),
    )
    .await?;
    let mut number: u32 = 0;
    for part in entries.chunks(ENTRIES_AT_ONCE) {
        let mut parameters: Vec<Value> = Vec::with_capacity(part.len().saturating_mul(3));
        for entry in part {
            let body = serde_json::to_string(entry).map_err(|error| Error::Other(error.into()))?;
            parameters.extend([list.version.into(), number.into(), body.into()]);
            number = number.saturating_add(1);
        }
        let rows = vec!["(?, ?, ?)"; part.len()].join(", ");
        let sql =
            format!("INSERT INTO screening_entries (list_version, number, body) VALUES {rows}");
        tx.exec_drop(sql, parameters).await?;
    }
    Ok(())
}

/// Of all lists that count while this version is the newest.
pub(crate) async fn list_entries(
    connection: &mut impl Queryable,
    version: u32,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for list in list_counting(connection, version).await? {
        let bodies: Vec<String> = connection
            .exec(
                "SELECT body FROM screening_entries WHERE list_version = ? ORDER BY number",
                (list.version,),
            )
            .await?;
        for body in bodies {
            let entry = serde_json::from_str(&body);
            entries.push(entry.map_err(|_| unreadable("an entry of a list"))?);
        }
    }
    Ok(entries)
}

/// Of one list that no longer counts, if there is one. Whoever works with a part of it compares
/// again, since a newer one counts.
pub(crate) async fn delete_old_entries(
    connection: &mut impl Queryable,
    limit: u32,
) -> Result<(), Error> {
    let old: Option<u32> = connection
        .query_first(
            "SELECT MIN(list_version) FROM screening_lists AS old WHERE has_entries AND EXISTS
                 (SELECT 1 FROM screening_lists AS newer
                  WHERE newer.source = old.source AND newer.list_version > old.list_version)",
        )
        .await
        .map(Option::flatten)?;
    let Some(old) = old else { return Ok(()) };
    let deleted = connection
        .exec_iter(
            "DELETE FROM screening_entries WHERE list_version = ? ORDER BY number LIMIT ?",
            (old, limit),
        )
        .await?;
    let is_last = deleted.affected_rows() < u64::from(limit);
    deleted.drop_result().await?;
    if is_last {
        connection
            .exec_drop(
                "UPDATE screening_lists SET has_entries = FALSE WHERE list_version = ?",
                (old,),
            )
            .await?;
    }
    Ok(())
}

/// What was cleared stays cleared.
pub(crate) async fn save_hits(
    tx: &mut Tx,
    id: ApplicationId,
    list_version: u32,
    hits: &[SealedHit],
    at: OffsetDateTime,
) -> Result<(), Error> {
    for SealedHit { entry_index, entry, score } in hits {
        if let Some(entry) = entry {
            tx.exec_drop(
                "INSERT INTO sealed_hits (application_id, entry_index, list_version, entry,
                     score, found_at) VALUES (?, ?, ?, ?, ?, ?)
                 ON DUPLICATE KEY UPDATE list_version = VALUES(list_version),
                     score = VALUES(score)",
                (id.uuid(), entry_index, list_version, entry, score, stored(at)),
            )
            .await?;
        } else {
            tx.exec_drop(
                "UPDATE sealed_hits SET list_version = ?, score = ?
                 WHERE application_id = ? AND entry_index = ?",
                (list_version, score, id.uuid(), entry_index),
            )
            .await?;
        }
    }
    Ok(())
}

/// Which entries are stored already.
pub(crate) async fn list_known(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<HashSet<Vec<u8>>, Error> {
    let indexes: Vec<Vec<u8>> = connection
        .exec("SELECT entry_index FROM sealed_hits WHERE application_id = ?", (id.uuid(),))
        .await?;
    Ok(indexes.into_iter().collect())
}

/// Which entries are known to be somebody else.
pub(crate) async fn list_cleared(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<HashSet<Vec<u8>>, Error> {
    let indexes: Vec<Vec<u8>> = connection
        .exec(
            "SELECT entry_index FROM sealed_hits
             WHERE application_id = ? AND cleared_at IS NOT NULL",
            (id.uuid(),),
        )
        .await?;
    Ok(indexes.into_iter().collect())
}

/// The most alike first.
pub(crate) async fn list_hits(
    connection: &mut impl Queryable,
    id: ApplicationId,
    limit: u32,
) -> Result<Vec<StoredHit>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT list_version, entry_index, entry, score, found_at, cleared_at
             FROM sealed_hits WHERE application_id = ?
             ORDER BY score DESC, entry_index LIMIT ?",
            (id.uuid(), limit),
        )
        .await?;
    rows.into_iter().map(hit).collect()
}

fn hit(mut row: Row) -> Result<StoredHit, Error> {
    let row = &mut row;
    let found_at: PrimitiveDateTime = take(row, "found_at")?;
    let cleared_at: Option<PrimitiveDateTime> = take(row, "cleared_at")?;
    let entry_index: Vec<u8> = take(row, "entry_index")?;
    Ok(StoredHit {
        list_version: take(row, "list_version")?,
        entry_index: entry_index.try_into().map_err(|_| unreadable("an entry's index"))?,
        entry: take(row, "entry")?,
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
        "UPDATE sealed_hits SET cleared_at = ? WHERE application_id = ? AND cleared_at IS NULL",
        (stored(at), id.uuid()),
    )
    .await
}
