//! Makes the partitions of the months that come, and drops the idempotency keys of those that are
//! long over: every night, a table's whole month at once, so nothing is deleted row by row.

use service::Error;

use crate::store::months::{self, MonthsAhead};
use crate::{App, observe};

/// With fewer months ahead somebody must look. Three are made, so this takes weeks of failures.
const MONTHS_MIN: i64 = 2;

/// Fails if a long transaction stands in the way, so that the host repeats it; payments do not wait
/// for that.
pub(crate) async fn keep_months(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let added = months::add_months(&mut conn).await;
    let dropped = months::drop_old_keys(&mut conn).await;
    let MonthsAhead { months, last_has_rows } = months::find_months_ahead(&mut conn).await?;
    let is_short = months < MONTHS_MIN || last_has_rows;
    if is_short {
        tracing::error!(months, last_has_rows, "months are missing ahead");
    }
    let kept = added.and(dropped);
    observe::months_kept(months, is_short, kept.is_err());
    Ok(kept?)
}
