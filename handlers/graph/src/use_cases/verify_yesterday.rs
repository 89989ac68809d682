//! Each night, yesterday's graph beside the ledger: an alert wakes somebody if they differ, or if
//! nobody compared them.

use std::time::Duration;

use service::Error;
use time::OffsetDateTime;
use tokio::time::timeout;
use values::{HongKongDate, hong_kong_day};

use super::verify_day::compare;
use crate::{App, observe};

/// How long it may take: less than the host's `functionTimeout`.
const VERIFY_TIME_MAX: Duration = Duration::from_secs(270);

/// The comparison was given up.
#[derive(Debug, thiserror::Error)]
#[error("the graph was not compared with the ledger in {VERIFY_TIME_MAX:?}")]
struct VerifyTooLong;

pub(crate) async fn verify_yesterday(app: App) -> Result<(), Error> {
    let day = hong_kong_day(OffsetDateTime::now_utc()).previous_day();
    let day = HongKongDate(day.ok_or_else(|| Error::internal("the calendar has begun"))?);
    let compared = timeout(VERIFY_TIME_MAX, compare(&app, day)).await;
    let verified = compared.map_err(|_| Error::internal(VerifyTooLong))??;
    observe::verified(verified.is_equal);
    Ok(())
}
