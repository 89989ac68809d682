//! The heartbeat: a row that grows a few times a second, by which a replica shows how far it is.
//!
//! A replica that shows a beat has all that was committed before that beat, since it commits in the
//! order of its primary's binary log (one applier, or `replica_preserve_commit_order`, MySQL's
//! default). From this follow both things that are asked of it.
//!
//! A position is the beat that the primary shows *after* a commit. A replica has what was committed
//! once it shows a *greater* one: that beat was not committed yet when the position was read, or it
//! would have been shown, since beats grow from each to the next (they are updates of one row, and
//! each adds to the one before). So it was committed after the position was read, thus after what
//! was committed before. No clock decides this: not one that is set back, and not one of another
//! instance. A time that a transaction takes for itself would not do, since it may commit after a
//! beat of a later time.
//!
//! A beat is also a time, by the clock of the primary, at which its statement began. What was
//! committed by then was committed before the beat, so a replica that shows it is of that moment at
//! least.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Position;

use super::unreadable;

/// Another instance has beaten within so many microseconds: that will do for this one.
const ENOUGH: u64 = 250_000;
/// Microseconds since 1970, when the statement began.
const NOW: &str = "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)";

/// The newest beat.
pub(super) const SELECT: &str = "SELECT beat FROM replication_heartbeat WHERE heartbeat_id = 1";

pub(super) fn read(rows: Vec<u64>) -> Result<Position, Error> {
    rows.into_iter().next().map(Position).ok_or_else(|| unreadable("the heartbeat"))
}

/// Beats, on the primary. After a clock was set back beats go on from where they are, in small
/// steps, until it has caught up.
pub(crate) async fn beat(conn: &mut Conn) -> Result<(), Error> {
    let sql = format!(
        "UPDATE replication_heartbeat SET beat = GREATEST(beat + 1, {NOW})
         WHERE heartbeat_id = 1 AND beat NOT BETWEEN {NOW} - {ENOUGH} AND {NOW}"
    );
    conn.query_drop(sql).await
}

/// A position that has all that is committed by now, on the primary.
pub(crate) async fn find_position(conn: &mut Conn) -> Result<Position, Error> {
    read(conn.query(SELECT).await?)
}

/// The beat that a replica shows, and its age in microseconds by the replica's clock.
pub(crate) async fn find_beat(conn: &mut Conn) -> Result<(Position, u64), Error> {
    let sql = format!(
        "SELECT beat, GREATEST({NOW}, beat) - beat FROM replication_heartbeat
         WHERE heartbeat_id = 1"
    );
    let row: Option<(u64, u64)> = conn.query_first(sql).await?;
    row.map(|(beat, age)| (Position(beat), age)).ok_or_else(|| unreadable("the heartbeat"))
}
