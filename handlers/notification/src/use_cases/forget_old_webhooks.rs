//! The log of webhooks is kept for 30 days.

use std::time::Instant;

use service::Error;
use service::database::Database;
use time::{Duration, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

use crate::store::{program_requests, webhook_deliveries};

const KEPT: Duration = Duration::days(30);
/// Rows of each table that one statement deletes, so that none holds locks for long …
const ROWS_MAX: u64 = 1_000;
/// … and statements of one call, which the next one goes on from.
const ROUNDS_MAX: usize = 20;

/// No round of it begins after so long.
pub(crate) async fn forget_old_webhooks(
    database: &Database,
    at_most: std::time::Duration,
) -> Result<(), Error> {
    let began = Instant::now();
    let mut conn = database.conn().await?;
    let kept_since = OffsetDateTime::now_utc().saturating_sub(KEPT);
    program_requests::prune(&mut conn, kept_since, ROWS_MAX).await?;
    let before = first_id_of(kept_since);
    for _ in 0..ROUNDS_MAX {
        let pruned = webhook_deliveries::prune(&mut conn, before, ROWS_MAX).await?;
        if pruned < ROWS_MAX || began.elapsed() >= at_most {
            break;
        }
    }
    Ok(())
}

/// Below it are all ids that were made before.
pub(super) fn first_id_of(moment: OffsetDateTime) -> Uuid {
    let seconds = u64::try_from(moment.unix_timestamp()).unwrap_or_default();
    let made_then = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, moment.nanosecond()));
    // The first 48 bits are the time.
    Uuid::from_u128(made_then.as_u128() >> 80 << 80)
}
