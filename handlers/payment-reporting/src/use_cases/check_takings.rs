//! Compares what was counted with the rows of the ledger, every night: the last days that are over,
//! so a night that was missed is made up for, and what events brought late is looked at again.

use std::collections::BTreeMap;
use std::time::Duration;

use service::Error;
use service::database::now;
use tokio::time::timeout;
use uuid::Uuid;
use values::hong_kong_day;

use crate::domain::{Hour, Takings};
use crate::{App, observe, store};

/// How many days that are over are looked at.
const DAYS_CHECKED: u16 = 3;
/// How long all of it may take: less than the host's `functionTimeout`.
const CHECK_TIME_MAX: Duration = Duration::from_secs(240);
/// How many differences are logged one by one.
const LOGGED_MAX: usize = 20;

/// The check was given up.
#[derive(Debug, thiserror::Error)]
#[error("the check of takings did not end in {CHECK_TIME_MAX:?}")]
struct CheckTooLong;

/// What was found before the time was over is told as well.
pub(crate) async fn check_takings(app: App) -> Result<(), Error> {
    let mut differences = Vec::new();
    let checked = timeout(CHECK_TIME_MAX, find_differences(&app, &mut differences)).await;
    for (Hour { day, hour }, business_id) in differences.iter().take(LOGGED_MAX) {
        tracing::warn!(%day, hour, %business_id, "takings differ from the ledger in this hour");
    }
    if !differences.is_empty() {
        let hours = differences.len();
        tracing::error!(hours, "takings do not agree with the ledger");
    }
    if !differences.is_empty() || matches!(checked, Ok(Ok(()))) {
        observe::checked(differences.is_empty());
    }
    checked.map_err(|_| Error::internal(CheckTooLong))?
}

/// The hours of shops that were counted otherwise than the ledger has them.
async fn find_differences(app: &App, differences: &mut Vec<(Hour, Uuid)>) -> Result<(), Error> {
    let mut day = hong_kong_day(now());
    for _ in 0..DAYS_CHECKED {
        day = day.previous_day().ok_or_else(|| Error::internal("the calendar has begun"))?;
        for hour in Hour::all_of(day) {
            let (from, before) = hour.bounds();
            let mut ledger = app.ledger.conn().await?;
            let moved = store::ledger::taken::sum_takings(&mut ledger, from, before).await?;
            let counted = store::takings::list_shops(&mut app.database.conn().await?, hour).await?;
            let moved: BTreeMap<Uuid, Takings> = moved.into_iter().collect();
            let counted: BTreeMap<Uuid, Takings> = counted.into_iter().collect();
            let shops = moved.keys().chain(counted.keys().filter(|shop| !moved.contains_key(shop)));
            let differ = shops.filter(|shop| moved.get(shop) != counted.get(shop));
            differences.extend(differ.map(|shop| (hour, *shop)));
        }
    }
    Ok(())
}
