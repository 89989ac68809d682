//! Reports of messages, what was said, and what staff did with them.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::Tx;
use service::{Paging, Staff};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{MessageId, MessageReportId, PictureId, Reason, StaffId, Statement, UserId};

use super::{stored, take, time_of};
use crate::domain::{Message, MessageReport, MessageReportDeed, MessageReportReason, Reported};

const SELECT: &str = "SELECT report_id, message_id, reporter_id, reported_id, reason, words,
    reported_at, closed_at FROM reports";

/// What somebody said, as whoever reported it saw it.
pub(crate) struct ReportedMessage {
    pub(crate) message_id: MessageId,
    pub(crate) sender_id: UserId,
    pub(crate) text: Option<String>,
    pub(crate) picture_id: Option<PictureId>,
    /// Staff's copy of the picture is made.
    pub(crate) is_picture_kept: bool,
    pub(crate) sent_at: OffsetDateTime,
}

/// Something that a member of staff did.
pub(crate) struct ReportLine {
    pub(crate) staff_id: StaffId,
    pub(crate) staff_name: String,
    pub(crate) deed: MessageReportDeed,
    pub(crate) note: Option<String>,
    pub(crate) done_at: OffsetDateTime,
}

/// Nobody reports anything for this person until the transaction ends. How much they have reported
/// lately.
pub(crate) async fn lock_reporter(
    tx: &mut Tx,
    user_id: UserId,
    now: OffsetDateTime,
) -> Result<Reported, Error> {
    tx.exec_drop(
        "INSERT INTO reporters (user_id, reported, day_began_at) VALUES (?, 0, ?)
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (user_id.uuid(), stored(now)),
    )
    .await?;
    let sql = "SELECT reported, day_began_at FROM reporters WHERE user_id = ?";
    let row: Option<(u32, PrimitiveDateTime)> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    let reported = row.map(|(count, since)| Reported { count, since: time_of(since) });
    Ok(reported.unwrap_or(Reported { count: 0, since: now }))
}

pub(crate) async fn update_reporter(
    tx: &mut Tx,
    user_id: UserId,
    reported: Reported,
) -> Result<(), Error> {
    let sql = "UPDATE reporters SET reported = ?, day_began_at = ? WHERE user_id = ?";
    tx.exec_drop(sql, (reported.count, stored(reported.since), user_id.uuid())).await
}

/// Whether the person has reported this message.
pub(crate) async fn is_reported(
    tx: &mut Tx,
    reporter_id: UserId,
    message_id: MessageId,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM reports WHERE reporter_id = ? AND message_id = ?";
    let found: Option<u8> = tx.exec_first(sql, (reporter_id.uuid(), message_id.uuid())).await?;
    Ok(found.is_some())
}

/// Under the lock of its reporter, who has not reported the message before.
pub(crate) async fn insert_report(
    tx: &mut Tx,
    report: &MessageReport,
    context: &[Message],
) -> Result<(), Error> {
    let id = report.id.uuid();
    tx.exec_drop(
        "INSERT INTO reports (report_id, open_id, message_id, reporter_id, reported_id, reason,
             words, reported_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            id,
            id,
            report.message_id.uuid(),
            report.reporter_id.uuid(),
            report.reported_id.uuid(),
            report.reason.code(),
            report.words.as_ref().map(Statement::as_str),
            stored(report.reported_at),
        ),
    )
    .await?;
    let rows = context.iter().map(|message| {
        let text = message.text_for(report.reporter_id);
        let (message_id, sender_id) = (message.message_id.uuid(), message.sender_id.uuid());
        (id, message.number, message_id, sender_id, text, stored(message.sent_at))
    });
    tx.exec_batch(
        "INSERT INTO reported_messages
             (report_id, number, message_id, sender_id, text, sent_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )
    .await
}

/// The reports that are open, the oldest first.
pub(crate) async fn list_open(
    connection: &mut impl Queryable,
    paging: &Paging,
) -> Result<Vec<MessageReport>, Error> {
    let sql = format!("{SELECT} WHERE open_id > ? ORDER BY open_id LIMIT ?");
    let rows: Vec<Row> = connection.exec(sql, (paging.after_id(), paging.rows())).await?;
    rows.into_iter().map(report).collect()
}

/// Nobody else does anything with it until the transaction ends.
pub(crate) async fn lock_report(
    tx: &mut Tx,
    id: MessageReportId,
) -> Result<Option<MessageReport>, Error> {
    let sql = format!("{SELECT} WHERE report_id = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(),)).await?;
    row.map(report).transpose()
}

/// It is closed, and what was said goes at a later time.
pub(crate) async fn close_report(
    tx: &mut Tx,
    id: MessageReportId,
    at: OffsetDateTime,
    forget_at: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE reports SET closed_at = ?, open_id = NULL, forget_at = ?
        WHERE report_id = ?";
    tx.exec_drop(sql, (stored(at), stored(forget_at), id.uuid())).await
}

pub(crate) async fn insert_line(
    tx: &mut Tx,
    id: MessageReportId,
    by: &Staff,
    deed: MessageReportDeed,
    note: Option<&Reason>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO report_trail (report_id, staff_id, staff_name, deed, note, done_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            id.uuid(),
            by.staff_id.uuid(),
            by.name.as_str(),
            deed.code(),
            note.map(Reason::as_str),
            stored(now),
        ),
    )
    .await
}

/// What was said, the oldest first.
pub(crate) async fn list_context(
    connection: &mut impl Queryable,
    id: MessageReportId,
) -> Result<Vec<ReportedMessage>, Error> {
    type Said = (Uuid, Uuid, Option<String>, Option<Uuid>, Option<bool>, PrimitiveDateTime);
    let sql = "SELECT k.message_id, k.sender_id, k.text, c.picture_id, c.is_made, k.sent_at
        FROM reported_messages k LEFT JOIN messages m USING (message_id)
        LEFT JOIN picture_copies c
            ON c.report_id = k.report_id AND c.picture_id = m.picture_id
        WHERE k.report_id = ? ORDER BY k.number";
    let rows: Vec<Said> = connection.exec(sql, (id.uuid(),)).await?;
    let said =
        |(message_id, sender_id, text, picture_id, is_made, sent_at): Said| ReportedMessage {
            message_id: MessageId::from_uuid(message_id),
            sender_id: UserId::from_uuid(sender_id),
            text,
            picture_id: picture_id.map(PictureId::from_uuid),
            is_picture_kept: is_made.unwrap_or_default(),
            sent_at: time_of(sent_at),
        };
    Ok(rows.into_iter().map(said).collect())
}

/// The newest lines of its trail, the oldest of them first.
pub(crate) async fn list_lines(
    connection: &mut impl Queryable,
    id: MessageReportId,
    limit: u32,
) -> Result<Vec<ReportLine>, Error> {
    let sql = "SELECT staff_id, staff_name, deed, note, done_at FROM report_trail
        WHERE report_id = ? ORDER BY line DESC LIMIT ?";
    let rows: Vec<Row> = connection.exec(sql, (id.uuid(), limit)).await?;
    let line = |mut row: Row| {
        let deed: String = take(&mut row, "deed")?;
        let unreadable = || Error::Other("a deed cannot be read".into());
        Ok(ReportLine {
            staff_id: StaffId::from_uuid(take(&mut row, "staff_id")?),
            staff_name: take(&mut row, "staff_name")?,
            deed: MessageReportDeed::from_code(&deed).ok_or_else(unreadable)?,
            note: take(&mut row, "note")?,
            done_at: time_of(take(&mut row, "done_at")?),
        })
    };
    rows.into_iter().rev().map(line).collect()
}

/// What was said goes from the reports whose time has come, so many at once, and with it when.
pub(crate) async fn forget_words(
    tx: &mut Tx,
    now: OffsetDateTime,
    limit: u32,
) -> Result<(), Error> {
    let sql = "SELECT report_id FROM reports WHERE forget_at <= ? ORDER BY forget_at LIMIT ?
        FOR UPDATE";
    let ids: Vec<Uuid> = tx.exec(sql, (stored(now), limit)).await?;
    for id in ids {
        tx.exec_drop("DELETE FROM reported_messages WHERE report_id = ?", (id,)).await?;
        let sql = "UPDATE reports SET words = NULL, forget_at = NULL WHERE report_id = ?";
        tx.exec_drop(sql, (id,)).await?;
    }
    Ok(())
}

fn report(mut row: Row) -> Result<MessageReport, Error> {
    let row = &mut row;
    let unreadable = || Error::Other("a report cannot be read".into());
    let reason: String = take(row, "reason")?;
    let words: Option<String> = take(row, "words")?;
    Ok(MessageReport {
        id: MessageReportId::from_uuid(take(row, "report_id")?),
        message_id: MessageId::from_uuid(take(row, "message_id")?),
        reporter_id: UserId::from_uuid(take(row, "reporter_id")?),
        reported_id: UserId::from_uuid(take(row, "reported_id")?),
        reason: MessageReportReason::from_code(&reason).ok_or_else(unreadable)?,
        words: words.map(Statement::try_from).transpose().map_err(|_| unreadable())?,
        reported_at: time_of(take(row, "reported_at")?),
        closed_at: take::<Option<_>>(row, "closed_at")?.map(time_of),
    })
}
