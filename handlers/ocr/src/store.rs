//! All SQL of this service.

use events::ocr::DocumentReadV1;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use values::DocumentId;

/// How long a document is remembered: longer than its message can lie in a queue, a week each.
const RECEIPT_DAYS: u32 = 30;
/// Receipts that are forgotten at once.
const PRUNED_MAX: u32 = 1000;

/// Whether it was told what became of this version of a document.
pub(crate) async fn has_receipt(
    conn: &mut Conn,
    document_id: DocumentId,
    etag: &str,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM receipts WHERE document_id = ? AND etag = ?";
    let row: Option<u8> = conn.exec_first(sql, (document_id.uuid(), etag)).await?;
    Ok(row.is_some())
}

/// Says that it is told now; `false`, and nothing changes, if it was before. A twin waits here
/// until the other has committed or not.
pub(crate) async fn insert_receipt(
    tx: &mut Tx,
    document_id: DocumentId,
    read: &DocumentReadV1,
) -> Result<bool, Error> {
    let DocumentReadV1 { etag, engine, failure, .. } = read;
    tx.exec_drop(
        "INSERT IGNORE INTO receipts (document_id, etag, engine, failure) VALUES (?, ?, ?, ?)",
        (document_id.uuid(), etag, engine, failure),
    )
    .await?;
    Ok(tx.affected_rows() == 1)
}

/// Forgets some receipts whose messages nobody repeats any more.
pub(crate) async fn prune_receipts(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop(format!(
        "DELETE FROM receipts WHERE received_at < NOW(6) - INTERVAL {RECEIPT_DAYS} DAY
         LIMIT {PRUNED_MAX}"
    ))
    .await
}
