//! A document was uploaded: it is read, and what it says is told.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::ocr::{DocumentReadV1, ReadingV1};
use service::{Error, causes};
use values::DocumentId;

use super::tell_once::tell_once;
use crate::documents::{Document, FetchError};
use crate::domain::{Failure, Upload};
use crate::reader::ReadError;
use crate::{App, store};

/// The message of a blob that was written. What is no document of ours is left alone. Once a
/// reading was told, its message changes nothing; until then each failure of something that this
/// service needs brings the message back.
pub(crate) async fn read_document(app: App, message: String) -> Result<(), Error> {
    let Some(upload) = Upload::of_message(&message) else {
        tracing::warn!("a message that tells of no document");
        return Ok(());
    };
    let mut conn = app.database.conn().await?;
    if store::has_receipt(&mut conn, upload.document_id, &upload.etag).await? {
        return Ok(());
    }
    drop(conn);
    let outcome = match app.documents.fetch(&upload).await {
        Ok(document) => read(&app, document).await?,
        Err(FetchError::Missing) => {
            // As far as the message knows it.
            let (content_type, content_length) =
                (upload.content_type.clone(), upload.content_length);
            Outcome { content_type, content_length, reading: Err(Failure::Missing) }
        }
        // The blob that stands there now has a message of its own.
        Err(FetchError::Replaced) => return Ok(()),
        Err(FetchError::Away(error)) => {
            tracing::warn!(causes = causes(&*error), "a document cannot be fetched");
            return Err(Error::Unavailable("The document cannot be fetched at the moment."));
        }
    };
    let (reading, failure) = match outcome.reading {
        Ok(reading) => (Some(sealed(&app, upload.document_id, &reading).await?), None),
        Err(failure) => (None, Some(failure.code().to_owned())),
    };
    let read = DocumentReadV1 {
        document_id: upload.document_id.to_string(),
        etag: upload.etag.clone(),
        content_type: outcome.content_type,
        content_length: outcome.content_length,
        engine: app.reader.engine().await,
        reading,
        failure,
    };
    tell_once(&app, &upload, &read).await
}

struct Outcome {
    content_type: String,
    content_length: u64,
    reading: Result<ReadingV1, Failure>,
}

async fn read(app: &App, document: Document) -> Result<Outcome, Error> {
    let Document { content_type, content_length, bytes } = document;
    let reading = match bytes {
        Some(bytes) => app.reader.read(bytes, &content_type).await,
        None => Err(ReadError::Unreadable(Failure::TooLarge)),
    };
    let reading = match reading {
        Ok(reading) => Ok(reading),
        Err(ReadError::Unreadable(failure)) => Err(failure),
        Err(ReadError::Away(reason)) => {
            tracing::warn!(reason, "a document cannot be read");
            return Err(Error::Unavailable("The document cannot be read at the moment."));
        }
    };
    Ok(Outcome { content_type, content_length, reading })
}

/// For `onboarding` alone, and for this document alone.
async fn sealed(app: &App, id: DocumentId, reading: &ReadingV1) -> Result<String, Error> {
    let text = serde_json::to_vec(reading).map_err(Error::internal)?;
    let sealed = app.key.seal(&id.to_string(), &text).await?;
    Ok(STANDARD.encode(sealed.to_bytes()))
}
