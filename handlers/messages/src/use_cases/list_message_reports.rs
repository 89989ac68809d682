//! Members of staff see which messages wait for them, the oldest first; not what was said.

use serde::Serialize;
use service::{Error, Json, List, Page, Staff, oldest_first};
use utoipa::ToSchema;
use values::{MessageId, MessageReportId, Timestamp, UserId};

use crate::domain::{MessageReport, MessageReportReason};
use crate::{App, store};

/// A report of a message.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageReportItemBody {
    message_report_id: MessageReportId,
    message_id: MessageId,
    reporter_id: UserId,
    reported_id: UserId,
    reason: MessageReportReason,
    reported_at: Timestamp,
    /// Null while it is open.
    closed_at: Option<Timestamp>,
}

impl From<&MessageReport> for MessageReportItemBody {
    fn from(report: &MessageReport) -> Self {
        Self {
            message_report_id: report.id,
            message_id: report.message_id,
            reporter_id: report.reporter_id,
            reported_id: report.reported_id,
            reason: report.reason,
            reported_at: report.reported_at.into(),
            closed_at: report.closed_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn list_message_reports(
    app: App,
    by: Staff,
    list: List,
) -> Result<Json<Page<MessageReportItemBody>>, Error> {
    by.require_reviewing()?;
    let paging = list.of(by.staff_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::reports::list_open(&mut conn, &paging).await?;
    let place = |report: &MessageReport| oldest_first(report.id.uuid());
    Ok(Json(paging.page(rows, place, |report| MessageReportItemBody::from(&report))))
}
