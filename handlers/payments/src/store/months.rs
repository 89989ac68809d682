//! The partitions of the tables that are kept by month. Procedures of the schema make and drop
//! them, since this service's user has no right to.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

/// The tables that are kept by month.
const TABLES: [&str; 4] = ["transfers", "operations", "operation_keys", "payment_requests"];

/// What those tables have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MonthsAhead {
    /// How many whole months after this one have a partition in every table.
    pub(crate) months: i64,
    /// The last partition, which is for no month, holds rows of a table.
    pub(crate) last_has_rows: bool,
}

/// Makes the months that are missing ahead, except in a table whose last partition has rows.
pub(crate) async fn add_months(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop("CALL add_months()").await
}

/// Drops the keys that no longer answer.
pub(crate) async fn drop_old_keys(conn: &mut Conn) -> Result<(), Error> {
    conn.query_drop("CALL drop_old_keys()").await
}

pub(crate) async fn find_months_ahead(conn: &mut Conn) -> Result<MonthsAhead, Error> {
    // A table without any month has no row in the inner one.
    let months: Option<i64> = conn
        .exec_first(
            "SELECT CAST(IF(COUNT(*) = ?, MIN(ahead), 0) AS SIGNED) FROM (
                 SELECT PERIOD_DIFF(MAX(CAST(SUBSTRING(partition_name, 2) AS UNSIGNED)),
                     EXTRACT(YEAR_MONTH FROM UTC_TIMESTAMP())) AS ahead
                 FROM information_schema.partitions
                 WHERE table_schema = DATABASE() AND partition_name <> 'pmax'
                 GROUP BY table_name) AS of_tables",
            (TABLES.len(),),
        )
        .await?;
    let has_rows = TABLES.map(|table| format!("EXISTS (SELECT 1 FROM {table} PARTITION (pmax))"));
    let last_has_rows: Option<bool> =
        conn.query_first(format!("SELECT {}", has_rows.join(" OR "))).await?;
    let (Some(months), Some(last_has_rows)) = (months, last_has_rows) else {
        return Err(super::unreadable("the months"));
    };
    Ok(MonthsAhead { months, last_has_rows })
}
