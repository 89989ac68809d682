//! A member of staff reads what was said, or closes the report. The trail tells of each such act,
//! before anything is shown.

use pictures::{NO_PICTURE, PictureLinkBody, PictureSize};
use serde::{Deserialize, Serialize};
use service::database::{Tx, now};
use service::{Error, Id, Json, Staff, StaffOperator};
use utoipa::ToSchema;
use values::{
    MessageId, MessageReportId, PictureId, Reason, StaffId, Statement, Timestamp, UserId,
};

use super::list_message_reports::MessageReportItemBody;
use crate::App;
use crate::domain::{MessageReport, MessageReportDeed, NO_MESSAGE_REPORT, WORDS_KEPT};
use crate::store::messages;
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
    /// Null unless it is a picture, and of one that was withdrawn before.
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
    for picture_id in reports::forget_words(&mut tx, now(), FORGOTTEN_MAX).await? {
        retire_picture(app, &mut tx, picture_id).await?;
    }
    Ok(tx.commit().await?)
}

/// It was kept for this report, if its message was withdrawn, unless another one keeps it too.
async fn retire_picture(
    app: &App,
    tx: &mut Tx,
    (sender_id, picture_id): (UserId, PictureId),
) -> Result<(), Error> {
    let is_kept = reports::lock_reported_picture(tx, picture_id).await?;
    if is_kept || !messages::lock_withdrawn_picture(tx, picture_id).await? {
        return Ok(());
    }
    app.pictures.show(tx, sender_id.uuid(), [Some(picture_id), None]).await
}

async fn show(
    app: &App,
    mut tx: Tx,
    report: MessageReport,
) -> Result<Json<MessageReportBody>, Error> {
    let said = reports::list_context(&mut tx, report.id).await?;
    let trail = reports::list_lines(&mut tx, report.id, LINES_MAX).await?;
    tx.commit().await?;
    let mut messages = Vec::new();
    for said in said {
        messages.push(show_message(app, said).await?);
    }
    Ok(Json(MessageReportBody {
        report: MessageReportItemBody::from(&report),
        words: report.words,
        messages,
        trail: trail.into_iter().map(MessageReportLineBody::from).collect(),
    }))
}

async fn show_message(app: &App, said: ReportedMessage) -> Result<ReportedMessageBody, Error> {
    let ReportedMessage { message_id, sender_id, text, picture_id, sent_at } = said;
    let picture = match picture_id {
        Some(picture_id) => link(app, picture_id).await?,
        None => None,
    };
    Ok(ReportedMessageBody { message_id, sender_id, text, picture, sent_at: sent_at.into() })
}

/// None if it was withdrawn at the moment at which it was reported.
async fn link(app: &App, picture_id: PictureId) -> Result<Option<PictureLinkBody>, Error> {
    match app.pictures.link_to(&app.database, picture_id, PictureSize::Large).await {
        Err(Error::Refused(refusal)) if refusal == NO_PICTURE => Ok(None),
        linked => linked.map(Some),
    }
}

impl From<ReportLine> for MessageReportLineBody {
    fn from(line: ReportLine) -> Self {
        let ReportLine { staff_id, staff_name, deed, note, done_at } = line;
        Self { staff_id, staff_name, deed, note, done_at: done_at.into() }
    }
}
