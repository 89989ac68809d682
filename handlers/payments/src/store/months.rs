//! The partitions of the tables that are kept by month. Procedures of the schema make and drop
//! them, since this service's user has no right to.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

/// What the tables that are kept by month have in common.
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
        .query_first(
            "SELECT CAST(IF(COUNT(*) = 3, MIN(ahead), 0) AS SIGNED) FROM (
                 SELECT PERIOD_DIFF(MAX(CAST(SUBSTRING(partition_name, 2) AS UNSIGNED)),
                     EXTRACT(YEAR_MONTH FROM UTC_TIMESTAMP())) AS ahead
                 FROM information_schema.partitions
                 WHERE table_schema = DATABASE() AND partition_name <> 'pmax'
                     AND table_name IN ('transfers', 'operations', 'operation_keys')
                 GROUP BY table_name) AS of_tables",
        )
        .await?;
    let last_has_rows: Option<bool> = conn
        .query_first(
            "SELECT EXISTS (SELECT 1 FROM transfers PARTITION (pmax))
                 OR EXISTS (SELECT 1 FROM operations PARTITION (pmax))
                 OR EXISTS (SELECT 1 FROM operation_keys PARTITION (pmax))",
        )
        .await?;
    let (Some(months), Some(last_has_rows)) = (months, last_has_rows) else {
        return Err(super::unreadable("the months"));
    };
    Ok(MonthsAhead { months, last_has_rows })
}
