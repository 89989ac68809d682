//! Disputes that a shop has not answered in time are left to staff, and refunds for which a shop
//! had not the money are tried again.

use futures_util::future::join_all;
use service::database::now;
use service::{Error, trace};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::DisputeId;

use super::change_dispute::change_dispute;
use crate::App;
use crate::domain::{Dispute, DisputeStatus, Shop};
use crate::store::disputes::{count_owed, list_due};

/// Ended at once, each with a connection of its own: half of an instance's.
const PAGE: u32 = 16;
/// Pages in one run of the timer; the next run goes on.
const PAGES_MAX: u32 = 10;
/// A refund that has not followed for so long is brought before people.
const OWED_FOR: Duration = Duration::days(1);

/// One that fails keeps no other from it. Fails at the end if one did, so that it is seen.
pub(crate) async fn end_disputes(app: App) -> Result<(), Error> {
    let unanswered = end_due(&app, DisputeStatus::Open).await;
    unanswered.and(end_due(&app, DisputeStatus::Upheld).await)
}

/// Shops that do not have what they owe for days are brought before people.
pub(crate) async fn report_owed_refunds(app: App) -> Result<(), Error> {
    let before = now().saturating_sub(OWED_FOR);
    let owed = count_owed(&mut app.database.conn().await?, before).await?;
    if owed > 0 {
        tracing::warn!(owed, "disputes were decided for payers, and shops have not the money");
    }
    Ok(())
}

async fn end_due(app: &App, status: DisputeStatus) -> Result<(), Error> {
    let now = now();
    let mut last = (OffsetDateTime::UNIX_EPOCH, DisputeId::from_uuid(Uuid::nil()));
    let mut outcome = Ok(());
    for _ in 0..PAGES_MAX {
        let page = list_due(&mut app.database.conn().await?, status, now, last, PAGE).await?;
        let Some(end) = page.last() else { return outcome };
        last = *end;
        // Somebody may have decided it meanwhile. Of one that was upheld the refund follows.
        let step = |dispute: Dispute, _: &Shop| {
            let is_open = dispute.status == DisputeStatus::Open;
            Ok(if is_open { dispute.leave_to_review() } else { dispute })
        };
        let ended =
            page.iter().map(|(_, id)| change_dispute(app, *id, trace::current(), None, step));
        for ended in join_all(ended).await {
            outcome = outcome.and(ended.map(|_| ()));
        }
    }
    tracing::warn!(?status, "more disputes are due than one run of the timer ends");
    outcome
}
