//! Payments that no shop has captured in time hold their payers' money no longer.

use futures_util::future::join_all;
use service::database::now;
use service::{Error, trace};
use values::{BusinessId, PaymentId};

use crate::domain::OperationKind;
use crate::domain::operations::{AuthorisationEnd, EndAuthorisation};
use crate::{App, store};

/// Payments ended at once. Clients' operations wait in the same lines.
const PAYMENTS_MAX: u32 = 200;
/// How often in one run of the timer; the next run goes on.
const PAGES_MAX: u32 = 50;

pub(crate) async fn expire_authorisations(app: App) -> Result<(), Error> {
    for _ in 0..PAGES_MAX {
        if !expire_page(&app).await? {
            return Ok(());
        }
    }
    tracing::warn!("more payments wait to expire than one run of the timer ends");
    Ok(())
}

/// Whether there may be more.
async fn expire_page(app: &App) -> Result<bool, Error> {
    let mut conn = app.database.conn().await?;
    let list = store::operations::list_overdue;
    let overdue = list(&mut conn, OperationKind::Payment, now(), PAYMENTS_MAX).await?;
    drop(conn);
    let may_be_more = u32::try_from(overdue.len()).is_ok_and(|count| count == PAYMENTS_MAX);
    let expired = overdue.into_iter().map(|(payment_id, payee_id)| {
        let expire = EndAuthorisation {
            payment_id: PaymentId::from_uuid(payment_id),
            business_id: BusinessId::from_uuid(payee_id),
            outcome: AuthorisationEnd::Expired,
        };
        app.group_commit.submit(expire, None, trace::current())
    });
    // One that cannot be ended does not keep the others from it.
    join_all(expired).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    Ok(may_be_more)
}
