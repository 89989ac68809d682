//! People's requests whose time is over are written down as expired, and who asked is told. Nobody
//! can pay them in the meantime either: paying looks at the time itself.

use service::Error;
use service::database::now;
use service::trace;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::App;
use crate::domain::MoneyRequestStatus;
use crate::store::money_requests;

/// Requests closed in one transaction.
const BATCH_MAX: u32 = 100;
/// Transactions in one run of the timer; the next run goes on.
const BATCHES_MAX: u32 = 50;

pub(crate) async fn expire_money_requests(app: App) -> Result<(), Error> {
    let mut after = (OffsetDateTime::UNIX_EPOCH, Uuid::nil());
    for _ in 0..BATCHES_MAX {
        let mut tx = app.database.begin().await?;
        let lock = money_requests::lock_overdue_money_requests;
        let (overdue, last) = lock(&mut tx, now(), after, BATCH_MAX).await?;
        let Some(last) = last else { return Ok(()) };
        after = last;
        money_requests::expire(&mut tx, &overdue).await?;
        let mut told = Vec::with_capacity(overdue.len());
        for request in overdue {
            let expired = request.ended(MoneyRequestStatus::Expired);
            let (subject, event) = (expired.id.to_string(), expired.changed_event());
            told.push(app.outbox.envelope(trace::current(), subject, &event)?);
        }
        app.outbox.append(&mut tx, &told).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(())
}
