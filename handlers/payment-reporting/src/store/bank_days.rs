//! The days of which the bank's statement was compared with the ledger.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row, Value};
use service::Paging;
use service::database::Tx;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use values::Operator;

use super::{stored, take, unreadable};
use crate::domain::{BankDay, DifferenceStatus};

const COLUMNS: &str = "day, statement_id, account, opening, closing, ledger_balance, matched,
    read_at, closed_at, digest, brought_by";
/// How many of its differences are open, and how many are explained.
const COUNTS: &str = "(SELECT COUNT(*) FROM bank_differences
        WHERE bank_differences.day = bank_days.day AND status = 'open') AS open,
    (SELECT COUNT(*) FROM bank_differences
        WHERE bank_differences.day = bank_days.day AND status = 'explained') AS explained";

/// A day, and how many of its differences are open and explained.
#[derive(Debug, Clone)]
pub(crate) struct CountedDay {
    pub(crate) day: BankDay,
    pub(crate) open: u32,
    pub(crate) explained: u32,
}

/// Waits for its turn, which ends with the transaction: whoever changes days or their differences
/// takes this first. What it reads from then on nobody else is changing.
pub(crate) async fn take_bank_turn(tx: &mut Tx) -> Result<(), Error> {
    tx.query_drop("SELECT id FROM bank_turn FOR UPDATE").await
}

/// Fails with a duplicate key if the day, or a statement of this name, was compared before.
pub(crate) async fn insert_bank_day(tx: &mut Tx, day: &BankDay) -> Result<(), Error> {
    let sql = format!("INSERT INTO bank_days ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let values: Vec<Value> = vec![
        day.day.into(),
        day.statement_id.as_deref().into(),
        day.account.as_str().into(),
        day.opening.into(),
        day.closing.into(),
        day.ledger_balance.into(),
        day.matched.into(),
        stored(day.read_at).into(),
        day.closed_at.map(stored).into(),
        day.digest.as_deref().into(),
        day.brought_by.as_ref().map(Operator::as_str).into(),
    ];
    tx.exec_drop(sql, values).await
}

/// The last that was compared.
pub(crate) async fn find_last_bank_day(
    connection: &mut impl Queryable,
) -> Result<Option<BankDay>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM bank_days ORDER BY day DESC LIMIT 1");
    let found: Option<Row> = connection.query_first(sql).await?;
    found.map(|mut row| bank_day(&mut row)).transpose()
}

pub(crate) async fn find_bank_day(
    connection: &mut impl Queryable,
    day: Date,
) -> Result<Option<CountedDay>, Error> {
    let sql = format!("SELECT {COLUMNS}, {COUNTS} FROM bank_days WHERE day = ?");
    let found: Option<Row> = connection.exec_first(sql, (day,)).await?;
    found.map(counted).transpose()
}

/// The newest first, below the day of this number.
pub(crate) async fn list_bank_days(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<CountedDay>, Error> {
    let number = i32::try_from(paging.before_number()).unwrap_or(i32::MAX);
    let before = Date::from_julian_day(number).unwrap_or(Date::MAX);
    let sql = format!(
        "SELECT {COLUMNS}, {COUNTS} FROM bank_days WHERE day < ? ORDER BY day DESC LIMIT ?"
    );
    let found: Vec<Row> = connection.exec(sql, (before, paging.rows())).await?;
    found.into_iter().map(counted).collect()
}

/// Closes the days of which all is closed, and opens those again of which something is not.
pub(crate) async fn close_bank_days(tx: &mut Tx, now: OffsetDateTime) -> Result<(), Error> {
    let open = "EXISTS (SELECT 1 FROM bank_differences
         WHERE bank_differences.day = bank_days.day AND status <> ?)";
    let status = DifferenceStatus::Closed.code();
    let sql =
        format!("UPDATE bank_days SET closed_at = NULL WHERE closed_at IS NOT NULL AND {open}");
    tx.exec_drop(sql, (status,)).await?;
    let sql = format!("UPDATE bank_days SET closed_at = ? WHERE closed_at IS NULL AND NOT {open}");
    tx.exec_drop(sql, (stored(now), status)).await
}

/// How many of the days up to this one are not closed, those that were never compared included;
/// none before the first was.
pub(crate) async fn count_unclosed(
    connection: &mut impl Queryable,
    through: Date,
) -> Result<u64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(closed_at IS NULL AND day <= ?), 0) AS SIGNED)
             + GREATEST(0, COALESCE(DATEDIFF(?, MAX(day)), 0)) FROM bank_days";
    let count: Option<i64> = connection.exec_first(sql, (through, through)).await?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

fn bank_day(row: &mut Row) -> Result<BankDay, Error> {
    let corrupt = |_| unreadable("a day of the bank");
    let (read_at, closed_at): (PrimitiveDateTime, Option<PrimitiveDateTime>) =
        (take(row, "read_at")?, take(row, "closed_at")?);
    let brought_by: Option<String> = take(row, "brought_by")?;
    Ok(BankDay {
        day: take(row, "day")?,
        statement_id: take(row, "statement_id")?,
        account: take(row, "account")?,
        opening: take(row, "opening")?,
        closing: take(row, "closing")?,
        ledger_balance: take(row, "ledger_balance")?,
        matched: take(row, "matched")?,
        read_at: read_at.assume_utc(),
        closed_at: closed_at.map(PrimitiveDateTime::assume_utc),
        digest: take(row, "digest")?,
        brought_by: brought_by.map(Operator::try_from).transpose().map_err(corrupt)?,
    })
}

fn counted(mut row: Row) -> Result<CountedDay, Error> {
    let day = bank_day(&mut row)?;
    Ok(CountedDay { day, open: take(&mut row, "open")?, explained: take(&mut row, "explained")? })
}
