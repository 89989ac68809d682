//! Somebody is woken when most shops get none of their webhooks: then it is not theirs to mend.

use service::Error;
use service::database::Database;
use time::{Duration, OffsetDateTime};

use super::forget_old_webhooks::first_id_of;
use crate::store::webhook_deliveries;

/// What was queued in this while before now is looked at: whoever answers has it by then.
const FROM: Duration = Duration::minutes(10);
const UNTIL: Duration = Duration::minutes(2);
/// Messages that one look reads; more of them say no more.
const DELIVERIES_MAX: u64 = 20_000;

pub(crate) async fn watch_webhooks(database: &Database) -> Result<(), Error> {
    let now = OffsetDateTime::now_utc();
    let [from, until] = [FROM, UNTIL].map(|ago| first_id_of(now.saturating_sub(ago)));
    let mut conn = database.conn().await?;
    let told = webhook_deliveries::count_told_shops(&mut conn, from, until, DELIVERIES_MAX).await?;
    if told.are_mostly_unreached() {
        // The alert *webhooks-fail* looks for these words.
        tracing::warn!(
            shops = told.shops,
            unreached = told.unreached,
            "most shops get no webhooks"
        );
    }
    Ok(())
}
