//! A member of staff reads what was said, or closes the report. The trail tells of each such act,
//! before anything is shown.

use pictures::{PictureCopy, PictureLinkBody};
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Error, Id, Json, Staff, StaffOperator};
use utoipa::ToSchema;
use values::{MessageId, MessageReportId, Reason, StaffId, Statement, Timestamp, UserId};

use super::keep_reported_pictures::keep_pictures_of;
use super::list_message_reports::MessageReportItemBody;
use crate::App;
use crate::domain::{MessageReport, MessageReportDeed, NO_MESSAGE_REPORT, WORDS_KEPT};
use crate::store::copies;
use crate::store::reports::{self, ReportLine, ReportedMessage};

/// Lines of the trail that are shown at most.
const LINES_MAX: u32 = 200;
/// Reports whose texts one tick of the timer forgets at most.
const FORGOTTEN_MAX: u32 = 50;

/// A report of a message, what was said, and what was done with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageReportBody {
    report: MessageReportItemBody,
    /// The reporter's; null if there are none, or once they were deleted.
    words: Option<Statement>,
    /// The oldest first, the reported one last; empty once it was deleted.
    messages: Vec<ReportedMessageBody>,
    /// The oldest first.
    trail: Vec<MessageReportLineBody>,
}

/// What somebody said, as the reporter saw it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportedMessageBody {
    message_id: MessageId,
    sender_id: UserId,
    /// Null of money and pictures, and of what was withdrawn before.
    text: Option<String>,
    /// Whether it is a picture, and was not withdrawn before.
    has_picture: bool,
    /// Null without a picture, and while pictures cannot be shown: then read the report again.
    picture: Option<PictureLinkBody>,
    sent_at: Timestamp,
}

/// What was done with a report, by whom and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessageReportLineBody {
    staff_id: StaffId,
    staff_name: String,
    deed: MessageReportDeed,
    /// Null of who has read it.
    note: Option<String>,
    done_at: Timestamp,
}

/// Why a report is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseMessageReport {
    /// For the trail.
    note: Reason,
}

pub(crate) async fn read_message_report(
    app: App,
    Id(id): Id<MessageReportId>,
    by: Staff,
) -> Result<Json<MessageReportBody>, Error> {
    by.require_reviewing()?;
    let mut tx = app.database.begin().await?;
    let report = reports::lock_report(&mut tx, id).await?.ok_or(NO_MESSAGE_REPORT)?;
    reports::insert_line(&mut tx, id, &by, MessageReportDeed::Read, None, now()).await?;
    show(&app, tx, report).await
}

/// Once, and by operators: a second one learns that another has seen to it.
pub(crate) async fn close_message_report(
    app: App,
    Id(id): Id<MessageReportId>,
    StaffOperator(by): StaffOperator,
    Json(CloseMessageReport { note }): Json<CloseMessageReport>,
) -> Result<Json<MessageReportBody>, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let mut report = reports::lock_report(&mut tx, id).await?.ok_or(NO_MESSAGE_REPORT)?;
    report.close(now)?;
    reports::close_report(&mut tx, id, now, now.saturating_add(WORDS_KEPT)).await?;
    reports::insert_line(&mut tx, id, &by, MessageReportDeed::Closed, Some(&note), now).await?;
    show(&app, tx, report).await
}

/// What was said is not kept for ever.
pub(crate) async fn forget_reported(app: &App) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    reports::forget_words(&mut tx, now(), FORGOTTEN_MAX).await?;
    Ok(tx.commit().await?)
}

/// What was done is done, and pictures are there or not.
async fn show(
    app: &App,
    mut tx: Tx,
    report: MessageReport,
) -> Result<Json<MessageReportBody>, Error> {
    // An older version noted none.
    copies::owe_for_report(&mut tx, report.id, now()).await?;
    let trail = reports::list_lines(&mut tx, report.id, LINES_MAX).await?;
    tx.commit().await?;
    let are_all_kept = keep_pictures_of(app, report.id).await;
    let mut conn = app.database.conn().await?;
    let said = reports::list_context(&mut conn, report.id).await?;
    drop(conn);
    let mut messages = Vec::new();
    let mut is_away = false;
    for said in said {
        let copy = said.picture_id.filter(|_| !is_away && (said.is_picture_kept || are_all_kept));
        let copy = copy.map(|picture_id| PictureCopy { report_id: report.id, picture_id });
        let link = match copy {
            Some(copy) => app.pictures.link_to_copy(copy).await.ok(),
            None => None,
        };
        // The next answer would be waited for as long.
        is_away = is_away || (copy.is_some() && link.is_none());
        messages.push(ReportedMessageBody::of(said, link));
    }
    Ok(Json(MessageReportBody {
        report: MessageReportItemBody::from(&report),
        words: report.words,
        messages,
        trail: trail.into_iter().map(MessageReportLineBody::from).collect(),
    }))
}

impl ReportedMessageBody {
    fn of(said: ReportedMessage, picture: Option<PictureLinkBody>) -> Self {
        let ReportedMessage { message_id, sender_id, text, picture_id, sent_at, .. } = said;
        let (has_picture, sent_at) = (picture_id.is_some(), sent_at.into());
        Self { message_id, sender_id, text, has_picture, picture, sent_at }
    }
}

impl From<ReportLine> for MessageReportLineBody {
    fn from(line: ReportLine) -> Self {
        let ReportLine { staff_id, staff_name, deed, note, done_at } = line;
        Self { staff_id, staff_name, deed, note, done_at: done_at.into() }
    }
}
