//! The heartbeat of payments (its `store/heartbeat.rs` says why it proves what a replica has).

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Transaction};

use crate::store::unreadable;

/// The beat that the replica shows, in microseconds since 1970 by the primary's clock, and its age
/// in microseconds by its own.
pub(crate) async fn find_beat(tx: &mut Transaction<'static>) -> Result<(u64, u64), Error> {
    const NOW: &str = "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)";
    let sql = format!(
        "SELECT beat, GREATEST({NOW}, beat) - beat FROM replication_heartbeat
         WHERE heartbeat_id = 1"
    );
    tx.query_first(sql).await?.ok_or_else(|| unreadable("the heartbeat"))
}
