//! The files that were asked for, and how far each is.

use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Conn, Error, Row, params};
use service::Paging;
use service::database::Tx;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, ExportId, Language, UserId};

use super::{stored, unreadable};
use crate::domain::{
    Export, ExportFailure, ExportFormat, ExportStatus, LEASE_MINUTES, LEASE_MINUTES_MAX, Period,
    Sheet, Summed, Written,
};

const SELECT: &str = "SELECT export_id, business_id, owner_user_id, format, language, first_day,
    last_day, as_of, before_id, status, failure, rows_expected, summed_id, since_begun, since_ended,
    opening, closing, layout, next_id, blocks, rows_written, bytes_written, balance, sheet_checksum,
    sheet_bytes, progressed_at, tries, created_at, ended_at FROM exports";

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

/// How many of a shop were begun from this id on, however they ended.
pub(crate) async fn count_begun(
    tx: &mut Tx,
    business_id: BusinessId,
    from: Uuid,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM exports WHERE business_id = ? AND export_id >= ?";
    let begun = tx.exec_first(sql, (business_id.uuid(), from)).await?;
    begun.ok_or_else(|| unreadable("a number of exports"))
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
        export.summed.next_id.into(),
        export.layout.into(),
        export.written.next_id.into(),
        stored(export.created_at).into(),
        stored(export.progressed_at).into(),
        stored(export.created_at).into(),
    ];
    tx.exec_drop(
        "INSERT INTO exports (export_id, business_id, owner_user_id, format, language, first_day,
             last_day, as_of, before_id, status, rows_expected, summed_id, layout, next_id, due_at,
             progressed_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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

/// One that was done since then, of the same days, up to the same id, in the same form.
pub(crate) async fn find_same(
    tx: &mut Tx,
    export: &Export,
    done_since: OffsetDateTime,
) -> Result<Option<Export>, Error> {
    let sql = format!(
        "{SELECT} WHERE business_id = ? AND owner_user_id = ? AND format = ? AND language = ?
             AND first_day = ? AND before_id = ? AND layout = ? AND status = ? AND ended_at >= ?
         ORDER BY export_id DESC LIMIT 1"
    );
    let same = (
        export.business_id.uuid(),
        export.owner_user_id.uuid(),
        export.format.code(),
        export.language.code(),
        export.period.first,
        export.before_id,
        export.layout,
        ExportStatus::Done.code(),
        stored(done_since),
    );
    tx.exec_first(sql, same).await?.map(self::export).transpose()
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

/// Takes on what is longest due, for some minutes: then somebody else does. Who takes it on again
/// ends the lease before. What this version cannot read is taken on like the rest, so it does not
/// stand in the way of what comes after it.
pub(crate) async fn take_due(
    conn: &mut Conn,
    lease_id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<Result<Export, Error>>, Error> {
    let longest = now.saturating_add(Duration::minutes(LEASE_MINUTES_MAX.into()));
    conn.exec_drop(
        "UPDATE exports SET lease_id = :lease_id,
             due_at = CAST(:now AS DATETIME(6))
                 + INTERVAL LEAST(:lease << LEAST(tries, 8), :lease_max) MINUTE,
             tries = tries + 1
         WHERE due_at <= :now ORDER BY due_at LIMIT 1",
        params! {
            lease_id,
            "now" => stored(now),
            "lease" => LEASE_MINUTES,
            "lease_max" => LEASE_MINUTES_MAX,
        },
    )
    .await?;
    if conn.affected_rows() == 0 {
        return Ok(None);
    }
    // It is among those that are due soon: nobody has looked since.
    let sql = format!("{SELECT} WHERE due_at > ? AND due_at <= ? AND lease_id = ?");
    let row = conn.exec_first(sql, (stored(now), stored(longest), lease_id)).await?;
    Ok(row.map(export))
}

/// What is true of it from now on, by whoever has taken it on, who has got further; nothing, and
/// `false`, if somebody else has taken it on.
pub(crate) async fn save_export(
    conn: &mut Conn,
    lease_id: Uuid,
    export: &Export,
    (now, due_at): (OffsetDateTime, OffsetDateTime),
) -> Result<bool, Error> {
    let Summed { next_id: summed_id, since_begun, since_ended } = export.summed;
    let Written { next_id, blocks, rows, bytes, balance, sheet } = export.written;
    let values: Vec<mysql_async::Value> = vec![
        export.status.code().into(),
        export.failure.map(ExportFailure::code).into(),
        summed_id.into(),
        since_begun.into(),
        since_ended.into(),
        export.balances.map(|(opening, _)| opening).into(),
        export.balances.map(|(_, closing)| closing).into(),
        export.layout.into(),
        next_id.into(),
        blocks.into(),
        rows.into(),
        bytes.into(),
        balance.into(),
        sheet.checksum.into(),
        sheet.bytes.into(),
        export.ended_at.map(stored).into(),
        stored(now).into(),
        stored(due_at).into(),
        export.id.uuid().into(),
        lease_id.into(),
    ];
    conn.exec_drop(
        "UPDATE exports SET status = ?, failure = ?, summed_id = ?, since_begun = ?,
             since_ended = ?, opening = ?, closing = ?, layout = ?, next_id = ?, blocks = ?,
             rows_written = ?, bytes_written = ?, balance = ?, sheet_checksum = ?, sheet_bytes = ?,
             ended_at = ?, progressed_at = ?, tries = 0, due_at = ?, lease_id = NULL
         WHERE export_id = ? AND lease_id = ?",
        values,
    )
    .await?;
    Ok(conn.affected_rows() > 0)
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
        summed: Summed {
            next_id: take(row, "summed_id")?,
            since_begun: take(row, "since_begun")?,
            since_ended: take(row, "since_ended")?,
        },
        balances: opening.zip(closing),
        layout: take(row, "layout")?,
        written: Written {
            next_id: take(row, "next_id")?,
            blocks: take(row, "blocks")?,
            rows: take(row, "rows_written")?,
            bytes: take(row, "bytes_written")?,
            balance: take(row, "balance")?,
            sheet: Sheet {
                checksum: take(row, "sheet_checksum")?,
                bytes: take(row, "sheet_bytes")?,
            },
        },
        progressed_at: at(take(row, "progressed_at")?),
        tries: take(row, "tries")?,
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

#[cfg(test)]
mod tests {
    use testkit::FreshDatabase;

    use super::*;

    struct Fixture(FreshDatabase);

    impl Fixture {
        async fn with(exports: &[Export]) -> Self {
            let fixture = Self(FreshDatabase::new(crate::migrations()).await);
            let database = service::database::connect("URL", &fixture.0.url).unwrap();
            let mut tx = database.begin().await.unwrap();
            for export in exports {
                insert_export(&mut tx, export).await.unwrap();
            }
            tx.commit().await.unwrap();
            fixture
        }

        async fn conn(&self) -> Conn {
            self.0.pool.get_conn().await.unwrap()
        }

        async fn take(&self, lease_id: Uuid, now: OffsetDateTime) -> Option<Result<Export, Error>> {
            take_due(&mut self.conn().await, lease_id, now).await.unwrap()
        }

        async fn saves(&self, lease_id: Uuid, export: &Export, now: OffsetDateTime) -> bool {
            save_export(&mut self.conn().await, lease_id, export, (now, now)).await.unwrap()
        }
    }

    fn blocks(export: &Export, blocks: u32) -> Export {
        Export { written: Written { blocks, ..export.written }, ..export.clone() }
    }

    #[tokio::test]
    async fn who_has_lost_a_lease_changes_nothing() {
        let export = Export::of_november(ExportFormat::Csv);
        let fixture = Fixture::with(std::slice::from_ref(&export)).await;
        let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
        let now = export.created_at;
        assert!(fixture.take(a, now).await.is_some());
        let minutes = |minutes: u32| now + Duration::minutes(minutes.into());
        assert!(fixture.take(b, minutes(LEASE_MINUTES) - Duration::SECOND).await.is_none());
        let taken = fixture.take(b, minutes(LEASE_MINUTES)).await.unwrap().unwrap();
        assert_eq!(taken.tries, 2, "a turn that ended in silence counts");
        assert!(fixture.saves(b, &blocks(&taken, 5), minutes(3)).await);
        assert!(!fixture.saves(a, &blocks(&taken, 1), minutes(4)).await);
        let found = find_export(&mut fixture.conn().await, export.id).await.unwrap().unwrap();
        assert_eq!((found.written.blocks, found.tries), (5, 0));
        assert_eq!(found.progressed_at, minutes(3));
    }

    #[tokio::test]
    async fn what_gets_no_further_waits_twice_as_long_each_time() {
        let export = Export::of_november(ExportFormat::Csv);
        let fixture = Fixture::with(std::slice::from_ref(&export)).await;
        let mut due = export.created_at;
        for minutes in [2, 4, 8, 16, 30, 30] {
            assert!(fixture.take(Uuid::now_v7(), due).await.is_some());
            due += Duration::minutes(minutes);
            assert!(fixture.take(Uuid::now_v7(), due - Duration::SECOND).await.is_none());
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_does_not_stand_in_the_way() {
        let unknown = Export::of_november(ExportFormat::Csv);
        let created_at = unknown.created_at + Duration::SECOND;
        let next = Export { created_at, ..Export::of_november(ExportFormat::Csv) };
        let fixture = Fixture::with(&[unknown.clone(), next.clone()]).await;
        let sql = "UPDATE exports SET format = 'later' WHERE export_id = ?";
        fixture.conn().await.exec_drop(sql, (unknown.id.uuid(),)).await.unwrap();
        assert!(fixture.take(Uuid::now_v7(), created_at).await.unwrap().is_err());
        let taken = fixture.take(Uuid::now_v7(), created_at).await.unwrap().unwrap();
        assert_eq!(taken.id, next.id);
    }
}
