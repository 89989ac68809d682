//! A member of staff reads a report, or closes it. The trail tells of each such act, before
//! anything is shown.

use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Error, Id, Json, Staff, StaffOperator};
use utoipa::ToSchema;
use values::{Reason, ReportId, StaffId, Statement, Timestamp};

use super::list_reports::ReportItemBody;
use crate::App;
use crate::domain::{NO_REPORT, Report, ReportDeed, WORDS_KEPT};
use crate::store::reports::{self, TrailLine};

/// Lines of the trail that are shown at most.
const LINES_MAX: u32 = 200;
/// Reports whose words one tick of the timer forgets at most.
const FORGOTTEN_MAX: u32 = 50;

/// A report, and what was done with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportBody {
    report: ReportItemBody,
    /// Null once they were deleted.
    words: Option<Statement>,
    /// The oldest first.
    trail: Vec<ReportTrailLineBody>,
}

/// What was done with a report, by whom and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportTrailLineBody {
    staff_id: StaffId,
    staff_name: String,
    deed: ReportDeed,
    /// Null of who has read it.
    note: Option<String>,
    done_at: Timestamp,
}

/// Why a report is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseReport {
    /// For the trail.
    note: Reason,
}

pub(crate) async fn read_report(
    app: App,
    Id(id): Id<ReportId>,
    by: Staff,
) -> Result<Json<ReportBody>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    let report = reports::lock_report(&mut tx, id).await?.ok_or(NO_REPORT)?;
    reports::insert_line(&mut tx, id, &by, ReportDeed::Read, None, now()).await?;
    show(tx, report).await
}

pub(crate) async fn close_report(
    app: App,
    Id(id): Id<ReportId>,
    StaffOperator(by): StaffOperator,
    Json(CloseReport { note }): Json<CloseReport>,
) -> Result<Json<ReportBody>, Error> {
    let mut tx = app.database.begin().await?;
    let mut report = reports::lock_report(&mut tx, id).await?.ok_or(NO_REPORT)?;
    report.close()?;
    let now = now();
    reports::close_report(&mut tx, id, now.saturating_add(WORDS_KEPT)).await?;
    reports::insert_line(&mut tx, id, &by, ReportDeed::Closed, Some(&note), now).await?;
    show(tx, report).await
}

/// What was said of somebody is not kept for ever.
pub(crate) async fn forget_reported(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    Ok(reports::forget_words(&mut conn, now(), FORGOTTEN_MAX).await?)
}

async fn show(mut tx: Tx, report: Report) -> Result<Json<ReportBody>, Error> {
    let trail = reports::list_lines(&mut tx, report.id, LINES_MAX).await?;
    tx.commit().await?;
    Ok(Json(ReportBody {
        report: (&report).into(),
        words: report.words,
        trail: trail.into_iter().map(ReportTrailLineBody::from).collect(),
    }))
}

impl From<TrailLine> for ReportTrailLineBody {
    fn from(line: TrailLine) -> Self {
        let TrailLine { staff_id, staff_name, deed, note, done_at } = line;
        Self { staff_id, staff_name, deed, note, done_at: done_at.into() }
    }
}
