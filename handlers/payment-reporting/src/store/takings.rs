//! What shops took, as events told it.

use std::collections::BTreeMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, bytes_literal};
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::BusinessId;

use crate::domain::{Counted, Hour, Period, Takings};

/// What stands before the seven numbers, and they.
pub(super) type Row<K = Uuid> = (K, i64, i64, i64, i64, i64, i64, i64);

const NUMBERS: &str = "payments, gross, tips, refunds, refunded, fees, fees_returned";
const SUMS: &str = "CAST(SUM(payments) AS SIGNED), CAST(SUM(gross) AS SIGNED),
    CAST(SUM(tips) AS SIGNED), CAST(SUM(refunds) AS SIGNED), CAST(SUM(refunded) AS SIGNED),
    CAST(SUM(fees) AS SIGNED), CAST(SUM(fees_returned) AS SIGNED)";

/// Adds what movements add, each shop's hour in one row. All transactions lock in one order, so
/// none waits in a circle. The statements name their values, or those of each number of rows would
/// be prepared again.
pub(crate) async fn add_takings(tx: &mut Tx, all: &[Counted]) -> Result<(), Error> {
    let mut hours: BTreeMap<(Uuid, Hour), Takings> = BTreeMap::new();
    let mut shops: BTreeMap<Uuid, (i64, i64, OffsetDateTime)> = BTreeMap::new();
    for Counted { business_id, moved_at, takings, credits, debits } in all {
        let shop = business_id.uuid();
        let sums = shops.entry(shop).or_insert((0, 0, *moved_at));
        let (sum_in, sum_out, newest) = *sums;
        *sums = (
            sum_in.saturating_add(*credits),
            sum_out.saturating_add(*debits),
            newest.max(*moved_at),
        );
        if *takings != Takings::default() {
            let taken = hours.entry((shop, Hour::of(*moved_at))).or_default();
            *taken = taken.plus(*takings);
        }
    }
    if !hours.is_empty() {
        let rows: Vec<String> = hours.iter().map(|(key, taken)| row(*key, taken)).collect();
        let added: Vec<String> =
            NUMBERS.split(", ").map(|name| format!("{name} = {name} + VALUES({name})")).collect();
        let sql = format!(
            "INSERT INTO takings (business_id, day, hour, {NUMBERS}) VALUES {}
             ON DUPLICATE KEY UPDATE {}",
            rows.join(", "),
            added.join(", ")
        );
        tx.query_drop(sql).await?;
    }
    if shops.is_empty() {
        return Ok(());
    }
    let rows = shops.iter().map(|(shop, (credits, debits, newest))| {
        let shop = bytes_literal(shop.as_bytes());
        let microseconds = newest.unix_timestamp_nanos() / 1_000;
        format!("({shop}, {credits}, {debits}, FROM_UNIXTIME({microseconds} / 1000000))")
    });
    let sql = format!(
        "INSERT INTO counted_shops (business_id, credits, debits, counted_through) VALUES {}
         ON DUPLICATE KEY UPDATE credits = credits + VALUES(credits),
             debits = debits + VALUES(debits),
             counted_through = GREATEST(counted_through, VALUES(counted_through))",
        rows.collect::<Vec<_>>().join(", ")
    );
    tx.query_drop(sql).await
}

fn row((shop, Hour { day, hour }): (Uuid, Hour), taken: &Takings) -> String {
    let Takings { payments, gross, tips, refunds, refunded, fees, fees_returned } = taken;
    let shop = bytes_literal(shop.as_bytes());
    format!(
        "({shop}, '{day}', {hour}, {payments}, {gross}, {tips}, {refunds}, {refunded}, {fees},
         {fees_returned})"
    )
}

/// What is counted of a shop.
pub(crate) struct CountedShop {
    pub(crate) credits: i64,
    pub(crate) debits: i64,
    pub(crate) through: OffsetDateTime,
}

pub(crate) async fn find_counted(
    conn: &mut Conn,
    business_id: BusinessId,
) -> Result<Option<CountedShop>, Error> {
    let sql = "SELECT credits, debits, counted_through FROM counted_shops WHERE business_id = ?";
    let row: Option<(i64, i64, PrimitiveDateTime)> =
        conn.exec_first(sql, (business_id.uuid(),)).await?;
    let read = |(credits, debits, through): (i64, i64, PrimitiveDateTime)| CountedShop {
        credits,
        debits,
        through: through.assume_utc(),
    };
    Ok(row.map(read))
}

/// What a shop took on each day on which anything moved.
pub(crate) async fn list_days(
    conn: &mut Conn,
    business_id: BusinessId,
    period: Period,
) -> Result<BTreeMap<Date, Takings>, Error> {
    let sql = format!(
        "SELECT day, {SUMS} FROM takings WHERE business_id = ? AND day BETWEEN ? AND ?
         GROUP BY day"
    );
    let days = (business_id.uuid(), period.first, period.last);
    let rows: Vec<Row<Date>> = conn.exec(sql, days).await?;
    Ok(rows.into_iter().map(takings).collect())
}

/// What a shop took in each hour of a day in which anything moved.
pub(crate) async fn list_hours(
    conn: &mut Conn,
    business_id: BusinessId,
    day: Date,
) -> Result<Vec<(u8, Takings)>, Error> {
    let sql = format!(
        "SELECT hour, {NUMBERS} FROM takings WHERE business_id = ? AND day = ? ORDER BY hour"
    );
    let rows: Vec<Row<u8>> = conn.exec(sql, (business_id.uuid(), day)).await?;
    Ok(rows.into_iter().map(takings).collect())
}

/// What each shop took in an hour.
pub(crate) async fn list_shops(
    conn: &mut Conn,
    Hour { day, hour }: Hour,
) -> Result<Vec<(Uuid, Takings)>, Error> {
    let sql = format!(
        "SELECT business_id, {NUMBERS} FROM takings WHERE day = ? AND hour = ?
         ORDER BY business_id"
    );
    let rows: Vec<Row> = conn.exec(sql, (day, hour)).await?;
    Ok(rows.into_iter().map(takings).collect())
}

pub(super) fn takings<K>(row: Row<K>) -> (K, Takings) {
    let (key, payments, gross, tips, refunds, refunded, fees, fees_returned) = row;
    (key, Takings { payments, gross, tips, refunds, refunded, fees, fees_returned })
}
