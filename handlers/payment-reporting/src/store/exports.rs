//! The files that were asked for, and how far each is.

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, ExportId, Language, UserId};

use super::{stored, unreadable};
use crate::domain::{Export, ExportFailure, ExportFormat, ExportStatus, Period, Written};

const SELECT: &str = "SELECT export_id, business_id, owner_user_id, format, language, first_day,
    last_day, as_of, before_id, status, failure, rows_expected, opening, closing, next_id, blocks,
    rows_written, bytes_written, balance, created_at, ended_at FROM exports";

/// Whoever would begin another of this shop waits.
pub(crate) async fn lock_shop(tx: &mut Tx, business_id: BusinessId) -> Result<(), Error> {
    let sql = "INSERT INTO exporting_shops (business_id) VALUES (?)
         ON DUPLICATE KEY UPDATE business_id = VALUES(business_id)";
    tx.exec_drop(sql, (business_id.uuid(),)).await
}

/// How many of a shop are not finished.
pub(crate) async fn count_open(tx: &mut Tx, business_id: BusinessId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM exports WHERE business_id = ? AND status IN (?, ?)";
    let open = (business_id.uuid(), ExportStatus::Waiting.code(), ExportStatus::Running.code());
    tx.exec_first(sql, open).await?.ok_or_else(|| unreadable("a number of exports"))
}

pub(crate) async fn insert_export(tx: &mut Tx, export: &Export) -> Result<(), Error> {
    let values: Vec<mysql_async::Value> = vec![
        export.id.uuid().into(),
        export.business_id.uuid().into(),
        export.owner_user_id.uuid().into(),
        export.format.code().into(),
        export.language.code().into(),
        export.period.first.into(),
        export.period.last.into(),
        stored(export.as_of).into(),
        export.before_id.into(),
        export.status.code().into(),
        export.rows_expected.into(),
        export.written.next_id.into(),
        stored(export.created_at).into(),
        stored(export.created_at).into(),
    ];
    tx.exec_drop(
        "INSERT INTO exports (export_id, business_id, owner_user_id, format, language, first_day,
             last_day, as_of, before_id, status, rows_expected, next_id, due_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    .await
}

pub(crate) async fn find_export(
    connection: &mut impl Queryable,
    id: ExportId,
) -> Result<Option<Export>, Error> {
    let row = connection.exec_first(format!("{SELECT} WHERE export_id = ?"), (id.uuid(),)).await?;
    row.map(export).transpose()
}

/// Those of a shop that this owner asked for, the newest first.
pub(crate) async fn list_exports(
    conn: &mut Conn,
    business_id: BusinessId,
    owner_user_id: UserId,
    paging: &Paging,
) -> Result<Vec<Export>, Error> {
    let sql = format!(
        "{SELECT} WHERE business_id = ? AND owner_user_id = ? AND export_id < ?
         ORDER BY export_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), owner_user_id.uuid(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = conn.exec(sql, page).await?;
    rows.into_iter().map(export).collect()
}

/// Takes on what is longest due, until a moment: then somebody else does. Who takes it on again
/// ends the lease before.
pub(crate) async fn take_due(
    conn: &mut Conn,
    lease_id: Uuid,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Option<Export>, Error> {
    conn.exec_drop(
        "UPDATE exports SET lease_id = ?, due_at = ? WHERE due_at <= ? ORDER BY due_at LIMIT 1",
        (lease_id, stored(until), stored(now)),
    )
    .await?;
    if conn.affected_rows() == 0 {
        return Ok(None);
    }
    // It is the one that is due then: nobody has looked since.
    let sql = format!("{SELECT} WHERE due_at = ? AND lease_id = ?");
    conn.exec_first(sql, (stored(until), lease_id)).await?.map(export).transpose()
}

/// What is true of it from now on, by whoever has taken it on; nothing if somebody else has.
pub(crate) async fn save_export(
    conn: &mut Conn,
    lease_id: Uuid,
    export: &Export,
    due_at: OffsetDateTime,
) -> Result<(), Error> {
    let Written { next_id, blocks, rows, bytes, balance } = export.written;
    let values: Vec<mysql_async::Value> = vec![
        export.status.code().into(),
        export.failure.map(ExportFailure::code).into(),
        export.balances.map(|(opening, _)| opening).into(),
        export.balances.map(|(_, closing)| closing).into(),
        next_id.into(),
        blocks.into(),
        rows.into(),
        bytes.into(),
        balance.into(),
        export.ended_at.map(stored).into(),
        stored(due_at).into(),
        export.id.uuid().into(),
        lease_id.into(),
    ];
    conn.exec_drop(
        "UPDATE exports SET status = ?, failure = ?, opening = ?, closing = ?, next_id = ?,
             blocks = ?, rows_written = ?, bytes_written = ?, balance = ?, ended_at = ?,
             due_at = ?, lease_id = NULL
         WHERE export_id = ? AND lease_id = ?",
        values,
    )
    .await
}

/// Nothing more is known of it.
pub(crate) async fn delete_export(conn: &mut Conn, id: ExportId) -> Result<(), Error> {
    conn.exec_drop("DELETE FROM exports WHERE export_id = ?", (id.uuid(),)).await
}

fn export(mut row: Row) -> Result<Export, Error> {
    let row = &mut row;
    let at = |at: PrimitiveDateTime| at.assume_utc();
    let opening: Option<i64> = take(row, "opening")?;
    let closing: Option<i64> = take(row, "closing")?;
    let failure: Option<String> = take(row, "failure")?;
    let (first, last): (Date, Date) = (take(row, "first_day")?, take(row, "last_day")?);
    Ok(Export {
        id: ExportId::from_uuid(take(row, "export_id")?),
        business_id: BusinessId::from_uuid(take(row, "business_id")?),
        owner_user_id: UserId::from_uuid(take(row, "owner_user_id")?),
        format: code(row, "format", ExportFormat::from_code)?,
        language: code(row, "language", Language::from_code)?,
        period: Period { first, last },
        as_of: at(take(row, "as_of")?),
        before_id: take(row, "before_id")?,
        status: code(row, "status", ExportStatus::from_code)?,
        failure: failure
            .map(|code| ExportFailure::from_code(&code).ok_or_else(|| unreadable("failure")))
            .transpose()?,
        rows_expected: take(row, "rows_expected")?,
        balances: opening.zip(closing),
        written: Written {
            next_id: take(row, "next_id")?,
            blocks: take(row, "blocks")?,
            rows: take(row, "rows_written")?,
            bytes: take(row, "bytes_written")?,
            balance: take(row, "balance")?,
        },
        created_at: at(take(row, "created_at")?),
        ended_at: take::<Option<PrimitiveDateTime>>(row, "ended_at")?.map(at),
    })
}

fn code<T>(row: &mut Row, column: &str, of: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    let code: String = take(row, column)?;
    of(&code).ok_or_else(|| unreadable(column))
}

fn take<T: FromValue>(row: &mut Row, column: &str) -> Result<T, Error> {
    row.take_opt(column).and_then(Result::ok).ok_or_else(|| unreadable(column))
}
