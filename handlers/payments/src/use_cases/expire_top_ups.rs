//! Top-ups for which the bank has not answered in time hold their money no longer.

use futures_util::future::try_join_all;
use service::database::now;
use service::{Error, trace};

use crate::domain::operations::{SettleTopUp, TopUpOutcome};
use crate::{App, store};

/// Top-ups ended in one run of the timer; the next run goes on.
const TOP_UPS_MAX: u32 = 1_000;

pub(crate) async fn expire_top_ups(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let overdue = store::operations::list_overdue(&mut conn, now(), TOP_UPS_MAX).await?;
    drop(conn);
    let expired = overdue.into_iter().map(|top_up| {
        let top_up_id = top_up.top_up_id();
        let expire = SettleTopUp { top_up_id, outcome: TopUpOutcome::Unanswered };
        app.operations.submit(expire, trace::current())
    });
    try_join_all(expired).await?;
    Ok(())
}
