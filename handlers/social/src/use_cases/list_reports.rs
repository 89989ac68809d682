//! Members of staff see who is reported, the oldest first.

use serde::{Deserialize, Serialize};
use service::{Error, Json, List, Page, Staff, oldest_first};
use utoipa::{IntoParams, ToSchema};
use values::{ReportId, Timestamp, UserId};

use crate::App;
use crate::domain::{Report, ReportReason};
use crate::store::reports;

/// Which reports.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListReports {
    /// Those that wait, if absent; false: those that were closed.
    is_open: Option<bool>,
}

/// A report without its words.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportItemBody {
    report_id: ReportId,
    reporter_id: UserId,
    reported_id: UserId,
    reason: ReportReason,
    is_open: bool,
    reported_at: Timestamp,
}

impl From<&Report> for ReportItemBody {
    fn from(report: &Report) -> Self {
        Self {
            report_id: report.id,
            reporter_id: report.reporter_id,
            reported_id: report.reported_id,
            reason: report.reason,
            is_open: report.is_open,
            reported_at: report.reported_at.into(),
        }
    }
}

pub(crate) async fn list_reports(
    app: App,
    by: Staff,
    list: List<ListReports>,
) -> Result<Json<Page<ReportItemBody>>, Error> {
    by.require_reviewing()?;
    let is_open = list.filter.is_open.unwrap_or(true);
    let paging = list.of("reports")?;
    let mut conn = app.database.conn().await?;
    let rows = reports::list_reports(&mut conn, is_open, &paging).await?;
    let place = |report: &Report| oldest_first(report.id.uuid());
    Ok(Json(paging.page(rows, place, |report| ReportItemBody::from(&report))))
}
