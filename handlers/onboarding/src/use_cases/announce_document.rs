//! A person asks to upload a document, and gets a link for that.

use blobs::{Link, Permission};
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Caller, Error, INVALID_BODY, Id, Json, Keyed, Recorded, Resource, once};
use time::Duration;
use utoipa::ToSchema;
use values::{ApplicationId, DocumentId, IdempotencyKey, Timestamp};

use super::act_on_application::{Word, act_on};
use super::submit_application::lock_own;
use crate::domain::{
    Act, Actor, Announced, DOCUMENTS_PER_APPLICATION_MAX, Document, TOO_MANY_DOCUMENTS,
    TOO_MANY_UPLOADS, UPLOAD_LINK_LASTS, UPLOADS_A_DAY_MAX,
};
use crate::{App, store};

/// How long a repeat is answered with the same link: as long as it is good.
const REPLAYED_SECONDS: u32 = 600;
/// A link is good from a little before, since clocks differ.
const CLOCKS_DIFFER_BY: Duration = Duration::minutes(1);

/// What will be uploaded. What comes in its place, or is longer or shorter, is not read.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AnnounceDocument(Announced);

/// Where to upload a document, and how.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadBody {
    application_id: ApplicationId,
    document_id: DocumentId,
    /// `PUT` the bytes here, once. Whoever has this can upload: keep it, and log it nowhere.
    url: String,
    /// Sent with it; without them it is refused.
    headers: Vec<UploadHeaderBody>,
    /// From then on the link is good for nothing.
    expires_at: Timestamp,
}

/// A header of the upload.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadHeaderBody {
    name: String,
    value: String,
}

impl Resource for UploadBody {
    const LOCATION: &'static str = "/api/v1/onboarding/applications/{application_id}";
}

/// It takes the place of the document before, whatever became of that.
pub(crate) async fn announce_document(
    app: App,
    Id(id): Id<ApplicationId>,
    caller: Caller,
    key: IdempotencyKey,
    Json(input): Json<AnnounceDocument>,
) -> Result<Recorded<UploadBody>, Error> {
    let AnnounceDocument(announced) = &input;
    if !announced.is_of_length() {
        return Err(INVALID_BODY.because("a document has 1 byte to 10 MiB").into());
    }
    let scope = caller.user_id.uuid();
    let keyed = Keyed::new(scope, &key, "announce_document", &(id, &input))?
        .replayed_for_seconds(REPLAYED_SECONDS);
    let document = Document {
        id: DocumentId::new(),
        application_id: id,
        announced: *announced,
        asked_at: now(),
        engine: None,
        outcome: None,
        is_deleted: false,
    };
    // Signed before anything is locked: the account may be asked for a key.
    let upload = link(&app, &document).await?;
    once(&app.database, &keyed, |tx| insert(&app, tx, &caller, &document, &upload)).await
}

async fn link(app: &App, document: &Document) -> Result<Link, Error> {
    let asked_at = document.asked_at;
    let key = app.documents.signing_key(asked_at).await?;
    let from = asked_at.saturating_sub(CLOCKS_DIFFER_BY);
    let until = asked_at.saturating_add(UPLOAD_LINK_LASTS);
    app.documents.link(&key, &document.blob_name(), Permission::Create, (from, until))
}

async fn insert(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    document: &Document,
    link: &Link,
) -> Result<(Tx, UploadBody), Error> {
    let (id, at) = (document.application_id, document.asked_at);
    let mut locked = lock_own(&mut tx, id, caller).await?;
    let day = at.saturating_sub(Duration::DAY);
    let (of_application, of_person) =
        store::documents::count_documents(&mut tx, id, caller.user_id, day).await?;
    let act = Act::Announce(document.id);
    let by = Actor::Applicant(caller.user_id);
    act_on(app, &mut tx, &mut locked, &act, &Word::of(&by, at)).await?;
    if of_application >= DOCUMENTS_PER_APPLICATION_MAX {
        return Err(TOO_MANY_DOCUMENTS.into());
    }
    if of_person >= UPLOADS_A_DAY_MAX {
        return Err(TOO_MANY_UPLOADS
            .for_seconds(Duration::DAY.whole_seconds().unsigned_abs())
            .into());
    }
    store::documents::insert_document(&mut tx, caller.user_id, document).await?;
    let body = UploadBody {
        application_id: id,
        document_id: document.id,
        url: link.url.clone(),
        headers: vec![
            header("x-ms-blob-type", "BlockBlob"),
            header("content-type", document.announced.content_type.code()),
        ],
        expires_at: link.expires_at.into(),
    };
    Ok((tx, body))
}

fn header(name: &str, value: &str) -> UploadHeaderBody {
    UploadHeaderBody { name: name.to_owned(), value: value.to_owned() }
}
