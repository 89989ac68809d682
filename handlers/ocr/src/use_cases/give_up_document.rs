//! A document whose reading failed too often: a human must see it.

use events::ocr::DocumentReadV1;
use service::Error;

use super::tell_once::tell_once;
use crate::App;
use crate::domain::{Failure, Upload};

/// The same message as [`super::read_document`]'s, after the host has given it up.
pub(crate) async fn give_up_document(app: App, message: String) -> Result<(), Error> {
    let Some(upload) = Upload::of_message(&message) else {
        tracing::error!("a poisoned message that tells of no document");
        return Ok(());
    };
    tracing::error!(document = %upload.document_id, "a document could not be read");
    let read = DocumentReadV1 {
        document_id: upload.document_id.to_string(),
        etag: upload.etag.clone(),
        content_type: upload.content_type.clone(),
        content_length: upload.content_length,
        engine: app.reader.engine().await,
        reading: None,
        failure: Some(Failure::Unprocessable.code().to_owned()),
    };
    tell_once(&app, &upload, &read).await
}
