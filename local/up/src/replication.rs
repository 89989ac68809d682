//! Makes the replica follow the primary, and proves that it does.

use std::time::Duration;

use mysql_async::Row;
use mysql_async::prelude::Queryable;

use crate::error::Error;
use crate::mariadb;
use crate::ports::Ports;

/// How long the replica may take to read what it has missed.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(60);

/// Points the replica at the primary and waits until it has read all that the primary wrote.
///
/// # Errors
/// `NotReplicating` with the replica's own words, or `Sql`.
pub(crate) async fn follow(ports: Ports) -> Result<(), Error> {
    let failed = || "cannot set up replication";
    let mut primary = mariadb::admin(ports.mysql).await?;
    // A user that exists already is left as it is, and nothing is written to the binary log.
    let user: Option<u8> = primary
        .query_first("SELECT 1 FROM mysql.user WHERE user = 'replica'")
        .await
        .map_err(Error::sql(failed()))?;
    if user.is_none() {
        let grant = "GRANT REPLICATION SLAVE ON *.* TO 'replica'@'%' IDENTIFIED BY 'local-only'";
        primary.query_drop(grant).await.map_err(Error::sql(failed()))?;
    }
    let position: Option<String> =
        primary.query_first("SELECT @@gtid_binlog_pos").await.map_err(Error::sql(failed()))?;
    primary.disconnect().await.map_err(Error::sql(failed()))?;

    let mut replica = mariadb::admin(ports.mysql_replica).await?;
    let follow = format!(
        "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {}, MASTER_USER = 'replica', \
         MASTER_PASSWORD = 'local-only', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos",
        ports.mysql
    );
    for statement in ["STOP SLAVE", &follow, "START SLAVE"] {
        replica.query_drop(statement).await.map_err(Error::sql(failed()))?;
    }
    let caught_up: Option<i64> = replica
        .exec_first(
            "SELECT MASTER_GTID_WAIT(?, ?)",
            (position.unwrap_or_default(), CATCH_UP_LIMIT.as_secs()),
        )
        .await
        .map_err(Error::sql(failed()))?;
    if caught_up != Some(0) {
        let status: Option<Row> =
            replica.query_first("SHOW SLAVE STATUS").await.map_err(Error::sql(failed()))?;
        return Err(Error::NotReplicating(status.map(|row| complaint(&row)).unwrap_or_default()));
    }
    replica.disconnect().await.map_err(Error::sql(failed()))
}

fn complaint(status: &Row) -> String {
    ["Slave_IO_State", "Last_IO_Error", "Last_SQL_Error"]
        .iter()
        .filter_map(|column| status.get::<String, _>(*column))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}
