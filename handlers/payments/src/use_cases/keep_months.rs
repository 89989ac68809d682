//! Makes the partitions of the months that come, and drops the idempotency keys of those that are
//! long over: every night, a table's whole month at once, so nothing is deleted row by row. Secrets
//! that no key opens any more leave as well.

use mysql_async::Conn;
use service::Error;
use service::database::now;
use time::Duration;

use crate::domain::Cut;
use crate::store::months::{self, MonthsAhead};
use crate::store::parcels;
use crate::{App, observe};

/// With fewer months ahead somebody must look. Three are made, so this takes weeks of failures.
const MONTHS_MIN: i64 = 2;

/// From when on a sealed secret is of no use: the key of its parcel answers until then, a month in
/// which it was used included.
const SECRETS_KEPT: Duration = Duration::days(62);
/// How many nights may fail before one is missed.
const SECRETS_REACH: Duration = Duration::days(31);
/// Secrets forgotten in one statement, and statements in one night.
const SECRETS_MAX: u32 = 1_000;
const SECRET_PAGES_MAX: u32 = 1_000;

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
    let forgotten = forget_secrets(&mut conn).await;
    let kept = added.and(dropped).and(forgotten);
    observe::months_kept(months, is_short, kept.is_err());
    Ok(kept?)
}

/// Of one range of ids, which are in the order of time: nothing older is looked at again.
async fn forget_secrets(conn: &mut Conn) -> Result<(), mysql_async::Error> {
    let before = now().saturating_sub(SECRETS_KEPT);
    let from = Cut::at(before.saturating_sub(SECRETS_REACH)).uuid();
    let before = Cut::at(before).uuid();
    for _ in 0..SECRET_PAGES_MAX {
        if parcels::forget_secrets(conn, from, before, SECRETS_MAX).await? < SECRETS_MAX.into() {
            return Ok(());
        }
    }
    tracing::warn!("more secrets are to be forgotten than one night does");
    Ok(())
}
