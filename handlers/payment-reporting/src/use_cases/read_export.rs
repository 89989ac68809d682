//! How far a file is that was asked for.

use serde::Serialize;
use service::{Error, Id, Json, Merchant, ReadAfter};
use utoipa::ToSchema;
use values::{BusinessId, ExportId, HongKongDate, Timestamp};

use super::own_shop::require_reader;
use crate::domain::{Export, ExportFailure, ExportFormat, ExportStatus, NO_EXPORT};
use crate::{App, store};

/// A file of what a shop was paid and gave back.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportBody {
    export_id: ExportId,
    business_id: BusinessId,
    format: ExportFormat,
    /// In Hong Kong.
    first_day: HongKongDate,
    /// In Hong Kong.
    last_day: HongKongDate,
    /// It has what moved before this moment: all of its days, or up to two minutes before it was
    /// asked for.
    ends_at: Timestamp,
    status: ExportStatus,
    /// Why there is no file; null unless it has failed.
    failure: Option<ExportFailure>,
    /// Transactions that are written.
    rows_written: u64,
    /// About how many there will be.
    rows_expected: u64,
    /// How long the file is so far.
    bytes_written: u64,
    created_at: Timestamp,
    /// When it was done or failed; null before.
    finished_at: Option<Timestamp>,
    /// From then on it cannot be downloaded; null unless it is done.
    expires_at: Option<Timestamp>,
}

impl ExportBody {
    pub(super) fn of(export: &Export) -> Self {
        Self {
            export_id: export.id,
            business_id: export.business_id,
            format: export.format,
            first_day: HongKongDate(export.period.first),
            last_day: HongKongDate(export.period.last),
            ends_at: export.ends_at().into(),
            status: export.status,
            failure: export.failure,
            rows_written: export.written.rows,
            rows_expected: export.rows_expected,
            bytes_written: export.written.bytes,
            created_at: export.created_at.into(),
            finished_at: export.ended_at.map(Into::into),
            expires_at: export.file_expires_at().map(Into::into),
        }
    }
}

/// Somebody else's is answered as one that does not exist. Whose the shop is, is asked again: who
/// no longer owns it is told nothing of it.
pub(super) async fn find_own(app: &App, id: ExportId, owner: &Merchant) -> Result<Export, Error> {
    let mut conn = app.database.conn().await?;
    let export = store::exports::find_export(&mut conn, id).await?;
    let own = export.filter(|export| export.owner_user_id == owner.user_id);
    let export = own.ok_or(NO_EXPORT)?;
    drop(conn);
    let mut reading = app.ledger.read(ReadAfter(None)).await?;
    require_reader(&mut reading, export.business_id, owner).await?;
    Ok(export)
}

pub(crate) async fn read_export(
    app: App,
    Id(id): Id<ExportId>,
    owner: Merchant,
) -> Result<Json<ExportBody>, Error> {
    Ok(Json(ExportBody::of(&find_own(&app, id, &owner).await?)))
}
