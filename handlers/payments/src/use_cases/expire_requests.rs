//! Requests of shops and of people whose time is over are written down as expired, and that is
//! told. Nobody can pay them in the meantime either: paying looks at the time itself.

use service::database::now;
use service::{Error, trace};
use time::OffsetDateTime;
use uuid::Uuid;
use values::RequestStatus;

use crate::App;
use crate::domain::{Announcement, MoneyRequest, MoneyRequestStatus, PaymentRequest};
use crate::store::expiring::{self, Expiring};

/// Requests closed in one transaction.
const BATCH_MAX: u32 = 100;
/// Transactions in one run of the timer; the next run goes on.
const BATCHES_MAX: u32 = 50;

pub(crate) async fn expire_payment_requests(app: App) -> Result<(), Error> {
    expire(&app, |request: PaymentRequest| {
        let expired = PaymentRequest { status: RequestStatus::Expired, ..request };
        Announcement::new(expired.id, &expired.closed_event())
    })
    .await
}

pub(crate) async fn expire_money_requests(app: App) -> Result<(), Error> {
    expire(&app, |request: MoneyRequest| {
        let expired = request.ended(MoneyRequestStatus::Expired);
        Announcement::new(expired.id, &expired.changed_event())
    })
    .await
}

async fn expire<R: Expiring>(app: &App, told: fn(R) -> Announcement) -> Result<(), Error> {
    let mut after = (OffsetDateTime::UNIX_EPOCH, Uuid::nil());
    for _ in 0..BATCHES_MAX {
        let mut tx = app.database.begin().await?;
        let (overdue, last) = expiring::lock_overdue(&mut tx, now(), after, BATCH_MAX).await?;
        let Some(last) = last else { return Ok(()) };
        after = last;
        expiring::expire(&mut tx, &overdue).await?;
        let mut envelopes = Vec::with_capacity(overdue.len());
        for request in overdue {
            let Announcement { subject, kind, data } = told(request);
            envelopes.push(app.outbox.envelope_of(trace::current(), subject, kind, data)?);
        }
        app.outbox.append(&mut tx, &envelopes).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(())
}
