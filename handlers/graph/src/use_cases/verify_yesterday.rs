//! Each night, yesterday's graph beside the ledger: an alert wakes somebody if they differ, or if
//! nobody compared them.

use std::time::Duration;

use service::Error;
use time::OffsetDateTime;
use tokio::time::timeout;
use values::{HongKongDate, hong_kong_day};

use super::verify_day::sums_of;
use crate::{App, observe};

/// How long it may take: less than the host's `functionTimeout`.
const VERIFY_TIME_MAX: Duration = Duration::from_secs(270);

/// The comparison was given up.
#[derive(Debug, thiserror::Error)]
#[error("the graph was not compared with the ledger in {VERIFY_TIME_MAX:?}")]
struct VerifyTooLong;

pub(crate) async fn verify_yesterday(app: App) -> Result<(), Error> {
    compare_yesterday(&app).await?;
    Ok(())
}

/// Which day that was, and whether the graph is what the ledger says of it. Whoever is woken asks
/// `verify_day` which edges differ: that reads all of it again.
pub async fn compare_yesterday(app: &App) -> Result<(HongKongDate, bool), Error> {
    let day = hong_kong_day(OffsetDateTime::now_utc()).previous_day();
    let day = HongKongDate(day.ok_or_else(|| Error::internal("the calendar has begun"))?);
    let read = timeout(VERIFY_TIME_MAX, sums_of(app, day)).await;
    let (books, _) = read.map_err(|_| Error::internal(VerifyTooLong))??;
    let accounts = books.differences().len();
    let is_equal = accounts == 0;
    observe::verified(is_equal);
    if !is_equal {
        // What the alert looks for.
        tracing::error!(day = %day.0, accounts, "the graph is not what the ledger says");
    }
    Ok((day, is_equal))
}
