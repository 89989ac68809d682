//! Telling what became of a document, with the receipt by which it is told once.

use events::ocr::DocumentReadV1;
use service::{Error, trace};

use crate::domain::Upload;
use crate::{App, store};

/// Of two who have read the same document, one tells.
pub(super) async fn tell_once(
    app: &App,
    upload: &Upload,
    read: &DocumentReadV1,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    if !store::insert_receipt(&mut tx, upload.document_id, read).await? {
        return Ok(());
    }
    let subject = upload.document_id.to_string();
    let event = app.outbox.envelope(trace::current(), subject, read)?;
    app.outbox.append(&mut tx, &[event]).await?;
    Ok(app.outbox.commit(tx).await?)
}
