//! A shop's owner downloads a file, straight from storage.

use serde::Serialize;
use service::database::now;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::{ExportId, Timestamp};

use super::read_export::find_own;
use crate::App;
use crate::domain::{DOWNLOAD_LINK_LASTS, EXPORT_NOT_DONE};

/// Where the file is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportLinkBody {
    export_id: ExportId,
    /// As the file is called when it is kept.
    file_name: String,
    /// `GET` it. Whoever has this can read the file: keep it nowhere.
    url: String,
    /// From then on no download begins with it.
    expires_at: Timestamp,
}

pub(crate) async fn link_export(
    app: App,
    Id(id): Id<ExportId>,
    owner: Merchant,
) -> Result<Json<ExportLinkBody>, Error> {
    let export = find_own(&app, id, &owner).await?;
    let now = now();
    let expires_at = export.file_expires_at().filter(|expires_at| *expires_at > now);
    let expires_at = expires_at.ok_or(EXPORT_NOT_DONE)?;
    let until = now.saturating_add(DOWNLOAD_LINK_LASTS).min(expires_at);
    let link = app.files.link(&export, (now, until)).await?;
    Ok(Json(ExportLinkBody {
        export_id: id,
        file_name: export.file_name(),
        url: link.url,
        expires_at: link.expires_at.into(),
    }))
}
