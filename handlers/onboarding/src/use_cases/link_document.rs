//! A member of staff is given a link to the document, for a few minutes. The trail tells of it.

use blobs::Permission;
use serde::Serialize;
use service::database::now;
use service::{Error, Id, Json, Staff};
use time::Duration;
use utoipa::ToSchema;
use values::{ApplicationId, DocumentId, Timestamp};

use super::act_on_application::{Word, act_on, lock};
use crate::domain::{Act, Actor, NO_APPLICATION, NO_FILES, READ_LINK_LASTS};
use crate::{App, store};

/// A link is good from a little before, since clocks differ.
const CLOCKS_DIFFER_BY: Duration = Duration::minutes(1);

/// Where the document is.
#[derive(Serialize, ToSchema)]
pub(crate) struct DocumentLinkBody {
    document_id: DocumentId,
    /// `GET` it. Whoever has this can read the document: show it, and keep it nowhere.
    url: String,
    /// From then on the link is good for nothing.
    expires_at: Timestamp,
}

pub(crate) async fn link_document(
    app: App,
    Id(id): Id<ApplicationId>,
    by: Staff,
) -> Result<Json<DocumentLinkBody>, Error> {
    by.require_reviewing()?;
    let now = now();
    let key = app.documents.signing_key(now).await?;
    let mut tx = app.database.begin().await?;
    let mut locked = lock(&mut tx, id).await?.ok_or(NO_APPLICATION)?;
    let document_id = locked.application.document_id.ok_or(NO_FILES)?;
    let document = store::documents::find_document(&mut tx, document_id).await?;
    let document = document.filter(|document| !document.is_deleted).ok_or(NO_FILES)?;
    let actor = Actor::Staff(by.staff_id, by.name.clone());
    act_on(&app, &mut tx, &mut locked, &Act::LookAtDocument, &Word::of(&actor, now)).await?;
    tx.commit().await?;
    let times = (now.saturating_sub(CLOCKS_DIFFER_BY), now.saturating_add(READ_LINK_LASTS));
    let link = app.documents.link(&key, &document.blob_name(), Permission::Read, times)?;
    Ok(Json(DocumentLinkBody { document_id, url: link.url, expires_at: link.expires_at.into() }))
}
