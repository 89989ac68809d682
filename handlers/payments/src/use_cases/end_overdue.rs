//! Ends what waits when its time is over, and does what is due, page by page.

use futures_util::future::join_all;
use service::database::now;
use service::{Error, trace};

use crate::App;
use crate::domain::Decide;
use crate::store::overdue::{Overdue, Waiting, list_overdue};

/// Ended at once. Clients' operations wait in the same lines.
const PAGE: u32 = 200;
/// How often in one run of the timer; the next run goes on.
const PAGES_MAX: u32 = 50;

/// Lets each be decided by itself. One that cannot be ended keeps no other from it, however often
/// it fails: the next page begins after it. Fails at the end if one did, so that the failure is
/// seen.
pub(super) async fn end_overdue<D: Decide>(
    app: &App,
    waiting: Waiting,
    end: impl Fn(Overdue) -> D + Send + Sync,
) -> Result<(), Error> {
    let (now, mut last, mut failed) = (now(), None, None);
    for _ in 0..PAGES_MAX {
        let mut conn = app.database.conn().await?;
        let page = list_overdue(&mut conn, waiting, now, last, PAGE).await?;
        drop(conn);
        let is_last = u32::try_from(page.len()).is_ok_and(|length| length < PAGE);
        last = page.last().copied().or(last);
        let ended: Vec<_> = page
            .into_iter()
            .map(|overdue| app.group_commit.submit(end(overdue), None, trace::current()))
            .collect();
        for outcome in join_all(ended).await {
            failed = failed.or(outcome.err());
        }
        if is_last {
            return failed.map_or(Ok(()), Err);
        }
    }
    tracing::warn!(?waiting, "more waits to end than one run of the timer ends");
    failed.map_or(Ok(()), Err)
}
