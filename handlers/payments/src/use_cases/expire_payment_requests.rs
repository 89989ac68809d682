//! Shops' requests whose time is over are written down as expired. Nobody can pay them in the
//! meantime either: paying looks at the time itself.

use service::Error;
use service::database::now;
use service::trace;
use values::RequestStatus;

use crate::domain::PaymentRequest;
use crate::{App, store};

/// Requests closed in one transaction.
const BATCH_MAX: u32 = 100;
/// Transactions in one run of the timer; the next run goes on.
const BATCHES_MAX: u32 = 50;

pub(crate) async fn expire_payment_requests(app: App) -> Result<(), Error> {
    for _ in 0..BATCHES_MAX {
        let mut tx = app.database.begin().await?;
        let now = now();
        let overdue =
            store::payment_requests::lock_overdue_payment_requests(&mut tx, now, BATCH_MAX).await?;
        if overdue.is_empty() {
            return Ok(());
        }
        let mut closed = Vec::with_capacity(overdue.len());
        for request in overdue {
            store::payment_requests::expire_payment_request(&mut tx, request.id).await?;
            let request = PaymentRequest { status: RequestStatus::Expired, ..request };
            let (subject, event) = (request.id.to_string(), request.closed_event());
            closed.push(app.outbox.envelope(trace::current(), subject, &event)?);
        }
        app.outbox.append(&mut tx, &closed).await?;
        app.outbox.commit(tx).await?;
    }
    Ok(())
}
