//! What people report of each other, and what staff did with it. A line of the trail is never
//! changed.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use service::database::Tx;
use service::{Paging, Staff};
use time::{OffsetDateTime, PrimitiveDateTime};
use values::{Reason, ReportId, StaffId, Statement, UserId};

use super::{stored, take, take_time, unreadable};
use crate::domain::{Report, ReportDeed, ReportReason};

const SELECT: &str = "SELECT report_id, reporter_id, reported_id, reason, words, is_open,
    reported_at FROM reports";

pub(crate) async fn insert_report(tx: &mut Tx, report: &Report) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO reports (report_id, reporter_id, reported_id, reason, words, is_open,
             reported_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            report.id.uuid(),
            report.reporter_id.uuid(),
            report.reported_id.uuid(),
            report.reason.code(),
            report.words.as_ref().map(Statement::as_str),
            report.is_open,
            stored(report.reported_at),
        ),
    )
    .await
}

/// Whether an open report of the one by the other says so.
pub(crate) async fn is_reported(
    tx: &mut Tx,
    reporter_id: UserId,
    reported_id: UserId,
    words: &Statement,
) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM reports WHERE reporter_id = ? AND reported_id = ?
        AND is_open AND words = ?)";
    let row = (reporter_id.uuid(), reported_id.uuid(), words.as_str());
    let is_reported: Option<bool> = tx.exec_first(sql, row).await?;
    is_reported.ok_or_else(|| unreadable("a report"))
}

/// How often this person has reported somebody since then.
pub(crate) async fn count_reports_since(
    tx: &mut Tx,
    reporter_id: UserId,
    since: OffsetDateTime,
) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM reports WHERE reporter_id = ? AND reported_at > ?";
    let count: Option<u32> = tx.exec_first(sql, (reporter_id.uuid(), stored(since))).await?;
    count.ok_or_else(|| unreadable("a count"))
}

/// A page of those that are open or closed, the oldest first.
pub(crate) async fn list_reports(
    connection: &mut impl Queryable,
    is_open: bool,
    paging: &Paging,
) -> Result<Vec<Report>, Error> {
    let sql = format!("{SELECT} WHERE is_open = ? AND report_id > ? ORDER BY report_id LIMIT ?");
    let rows: Vec<Row> = connection.exec(sql, (is_open, paging.after_id(), paging.rows())).await?;
    rows.into_iter().map(report).collect()
}

pub(crate) async fn lock_report(tx: &mut Tx, id: ReportId) -> Result<Option<Report>, Error> {
    let sql = format!("{SELECT} WHERE report_id = ? FOR UPDATE");
    tx.exec_first(sql, (id.uuid(),)).await?.map(report).transpose()
}

/// It is closed, and its words go at a later time.
pub(crate) async fn close_report(
    tx: &mut Tx,
    id: ReportId,
    forget_at: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE reports SET is_open = FALSE, forget_at = ? WHERE report_id = ?";
    tx.exec_drop(sql, (stored(forget_at), id.uuid())).await
}

/// The words go from the reports whose time has come, so many at once, and with them when.
pub(crate) async fn forget_words(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<(), Error> {
    let sql = "UPDATE reports SET words = NULL, forget_at = NULL
        WHERE forget_at <= ? ORDER BY forget_at LIMIT ?";
    connection.exec_drop(sql, (stored(now), limit)).await
}

/// What a member of staff did with a report, as it is read.
pub(crate) struct TrailLine {
    pub(crate) staff_id: StaffId,
    pub(crate) staff_name: String,
    pub(crate) deed: ReportDeed,
    pub(crate) note: Option<String>,
    pub(crate) done_at: OffsetDateTime,
}

pub(crate) async fn insert_line(
    tx: &mut Tx,
    id: ReportId,
    by: &Staff,
    deed: ReportDeed,
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

/// The newest lines of a report, the oldest of them first.
pub(crate) async fn list_lines(
    tx: &mut Tx,
    id: ReportId,
    limit: u32,
) -> Result<Vec<TrailLine>, Error> {
    let sql = "SELECT staff_id, staff_name, deed, note, done_at FROM report_trail
        WHERE report_id = ? ORDER BY id DESC LIMIT ?";
    let rows: Vec<Row> = tx.exec(sql, (id.uuid(), limit)).await?;
    let line = |mut row: Row| {
        let deed: String = take(&mut row, "deed")?;
        Ok(TrailLine {
            staff_id: StaffId::from_uuid(take(&mut row, "staff_id")?),
            staff_name: take(&mut row, "staff_name")?,
            deed: ReportDeed::from_code(&deed).ok_or_else(|| unreadable("a deed"))?,
            note: take(&mut row, "note")?,
            done_at: take_time(&mut row, "done_at")?,
        })
    };
    rows.into_iter().rev().map(line).collect()
}

fn report(mut row: Row) -> Result<Report, Error> {
    let row = &mut row;
    let (reason, words): (String, Option<String>) = (take(row, "reason")?, take(row, "words")?);
    let words = words.map(Statement::try_from).transpose();
    let reported_at: PrimitiveDateTime = take(row, "reported_at")?;
    Ok(Report {
        id: ReportId::from_uuid(take(row, "report_id")?),
        reporter_id: UserId::from_uuid(take(row, "reporter_id")?),
        reported_id: UserId::from_uuid(take(row, "reported_id")?),
        reason: ReportReason::from_code(&reason).ok_or_else(|| unreadable("a reason"))?,
        words: words.map_err(|_| unreadable("a report"))?,
        is_open: take(row, "is_open")?,
        reported_at: reported_at.assume_utc(),
    })
}
