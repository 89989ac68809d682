//! What is uploaded, or will be.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::{Tx, unknown_code};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{ApplicationId, ContentType, DocumentId, UserId};

use super::{stored, take, time_of};
use crate::domain::{Announced, Document, Outcome};

const SELECT: &str = "SELECT document_id, application_id, content_type, content_length, asked_at,
    read_at, engine, differs, failure, reading, deleted_at FROM documents";

pub(crate) async fn insert_document(
    tx: &mut Tx,
    user_id: UserId,
    document: &Document,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO documents (document_id, application_id, user_id, content_type,
             content_length, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            document.id.uuid(),
            document.application_id.uuid(),
            user_id.uuid(),
            document.announced.content_type.code(),
            document.announced.content_length,
            stored(document.asked_at),
        ),
    )
    .await
}

pub(crate) async fn find_document(
    connection: &mut impl Queryable,
    id: DocumentId,
) -> Result<Option<Document>, Error> {
    let sql = format!("{SELECT} WHERE document_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    row.map(document).transpose()
}

/// All of an application whose bytes may still be there.
pub(crate) async fn list_undeleted(
    connection: &mut impl Queryable,
    id: ApplicationId,
) -> Result<Vec<Document>, Error> {
    let sql = format!("{SELECT} WHERE application_id = ? AND deleted_at IS NULL");
    let rows: Vec<Row> = connection.exec(sql, (id.uuid(),)).await?;
    rows.into_iter().map(document).collect()
}

/// The number of documents of the application, and of those that the person asked for since then.
pub(crate) async fn count_documents(
    tx: &mut Tx,
    application_id: ApplicationId,
    user_id: UserId,
    since: OffsetDateTime,
) -> Result<(u64, u64), Error> {
    let of_application: Option<u64> = tx
        .exec_first(
            "SELECT COUNT(*) FROM documents WHERE application_id = ?",
            (application_id.uuid(),),
        )
        .await?;
    let of_person: Option<u64> = tx
        .exec_first(
            "SELECT COUNT(*) FROM documents WHERE user_id = ? AND asked_at > ?",
            (user_id.uuid(), stored(since)),
        )
        .await?;
    Ok((of_application.unwrap_or_default(), of_person.unwrap_or_default()))
}

/// What became of an upload. The first word counts: a link is good for one upload. Of what was
/// deleted nothing is kept: no time would delete it again.
pub(crate) async fn save_outcome(
    tx: &mut Tx,
    id: DocumentId,
    engine: &str,
    outcome: &Outcome,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let (differs, failure, reading) = match outcome {
        Outcome::Read(sealed) => (false, None, Some(sealed)),
        Outcome::Failed(failure) => (false, Some(failure), None),
        Outcome::Differs => (true, None, None),
    };
    tx.exec_drop(
        "UPDATE documents SET read_at = ?, engine = ?, differs = ?, failure = ?, reading = ?
         WHERE document_id = ? AND read_at IS NULL AND deleted_at IS NULL",
        (stored(at), engine, differs, failure, reading, id.uuid()),
    )
    .await
}

/// Its bytes are gone, and what was read of them goes too.
pub(crate) async fn mark_deleted(
    tx: &mut Tx,
    id: DocumentId,
    at: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE documents SET deleted_at = ?, reading = NULL WHERE document_id = ?",
        (stored(at), id.uuid()),
    )
    .await
}

/// Its bytes may be there again.
pub(crate) async fn unmark_deleted(tx: &mut Tx, id: DocumentId) -> Result<(), Error> {
    let sql = "UPDATE documents SET deleted_at = NULL WHERE document_id = ?";
    tx.exec_drop(sql, (id.uuid(),)).await
}

fn document(mut row: Row) -> Result<Document, Error> {
    let row = &mut row;
    let content_type: String = take(row, "content_type")?;
    let content_type =
        ContentType::from_code(&content_type).ok_or_else(|| unknown_code("a content type"))?;
    let asked_at: PrimitiveDateTime = take(row, "asked_at")?;
    let read_at: Option<PrimitiveDateTime> = take(row, "read_at")?;
    let deleted_at: Option<PrimitiveDateTime> = take(row, "deleted_at")?;
    let differs: bool = take(row, "differs")?;
    let failure: Option<String> = take(row, "failure")?;
    let reading: Option<Vec<u8>> = take(row, "reading")?;
    let outcome = match (read_at, differs, failure, reading) {
        (None, ..) => None,
        (Some(_), true, ..) => Some(Outcome::Differs),
        (Some(_), false, Some(failure), _) => Some(Outcome::Failed(failure)),
        (Some(_), false, None, Some(reading)) => Some(Outcome::Read(reading)),
        // It was read, and deleted since.
        (Some(_), false, None, None) => None,
    };
    let (id, application_id): (Uuid, Uuid) =
        (take(row, "document_id")?, take(row, "application_id")?);
    Ok(Document {
        id: DocumentId::from_uuid(id),
        application_id: ApplicationId::from_uuid(application_id),
        announced: Announced { content_type, content_length: take(row, "content_length")? },
        asked_at: time_of(asked_at),
        engine: take(row, "engine")?,
        outcome,
        is_deleted: deleted_at.is_some(),
    })
}
