//! `ocr` has read a document, or could not. That is only noted here, since what stands on it is
//! sealed and Key Vault may be away; `decide_application` goes on. What was read after its document
//! was deleted is not kept, and its bytes are deleted again.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::Envelope;
use events::ocr::DocumentReadV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::{ApplicationId, DocumentId};

use super::act_on_application::lock;
use crate::domain::{Act, Actor, Document};
use crate::store;
use crate::store::trail::Line;

/// As many characters of an engine's name and of a failure's code are kept.
const ENGINE_CHARACTERS_MAX: usize = 100;
const FAILURE_CHARACTERS_MAX: usize = 64;

/// A document that nobody asked for, and a word that is not the first, change nothing. The document
/// is added to `noted`, again if the transaction is tried again.
pub(crate) async fn note_reading(
    tx: &mut Tx,
    event: &Envelope,
    noted: &Mutex<Vec<ApplicationId>>,
) -> Result<(), Failure> {
    let Some(read) = inbox::decode::<DocumentReadV1>(event)? else { return Ok(()) };
    let id: DocumentId = read.document_id.parse().map_err(Failure::poison)?;
    let sealed = read.reading.as_deref().map(|sealed| STANDARD.decode(sealed)).transpose();
    // A decoder's error shows a byte of what it read.
    let sealed = sealed.map_err(|_| Failure::poison("the reading is not base64"))?;
    let Some(document) = store::documents::find_document(tx, id).await? else { return Ok(()) };
    if document.is_deleted {
        return delete_again(tx, &document).await;
    }
    let mut outcome = document.outcome_of(&read, sealed);
    if let crate::domain::Outcome::Failed(code) = &mut outcome {
        *code = cut(code, FAILURE_CHARACTERS_MAX);
    }
    let engine = cut(&read.engine, ENGINE_CHARACTERS_MAX);
    store::documents::save_outcome(tx, id, &engine, &outcome, now()).await?;
    if let Ok(mut noted) = noted.lock() {
        noted.push(document.application_id);
    }
    Ok(())
}

/// A slow upload may end long after its link, and after its document was deleted. That is due once
/// more from now on: bytes are not deleted here, since no lock waits for the storage account.
async fn delete_again(tx: &mut Tx, document: &Document) -> Result<(), Failure> {
    let Some(locked) = lock(tx, document.application_id).await? else { return Ok(()) };
    let (mut application, at) = (locked.application, now());
    let step = application.act(&Act::ArriveLate, at).map_err(Failure::poison)?;
    store::documents::unmark_deleted(tx, document.id).await?;
    let line = Line { by: &Actor::Service, at, note: None, engine: None };
    Ok(store::applications::update_application(tx, &application, &step, &line).await?)
}

fn cut(text: &str, characters_max: usize) -> String {
    text.chars().take(characters_max).collect()
}
