//! Every trigger of this service. Nobody calls it.

use std::sync::Arc;

use futures_util::FutureExt;
use service::{Api, Dependency, Error, Probe, Routes};

use crate::use_cases::{give_up_document, read_document};
use crate::{App, NAME, store};

/// All routes.
pub fn routes(app: App) -> Routes {
    let reader = app.reader.clone();
    let engine: Probe = Arc::new(move || {
        let reader = reader.clone();
        async move { reader.is_ready().await }.boxed()
    });
    let dependencies =
        vec![Dependency::MySql(app.database.clone()), Dependency::Other("engine", engine)];
    Api::new(NAME, "OCR", app.clone(), &app.tokens)
        .on_message("ocr_on_documents", read_document)
        .on_message("ocr_on_poisoned_documents", give_up_document)
        .on_timer("ocr_relay_outbox", relay_outbox)
        .finish(dependencies)
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    let mut conn = app.database.conn().await?;
    Ok(store::prune_receipts(&mut conn).await?)
}
