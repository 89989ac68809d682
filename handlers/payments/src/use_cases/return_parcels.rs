//! What nobody claimed in time goes back to its senders. Nobody can claim it in the meantime
//! either: claiming looks at the time itself.

use futures_util::future::join_all;
use service::database::now;
use service::{Error, trace};

use crate::domain::operations::{ReturnParcel, ReturnReason};
use crate::{App, store};

/// Parcels returned in one run of the timer; the next run goes on. Clients' operations wait in the
/// same line.
const PARCELS_MAX: u32 = 200;

pub(crate) async fn return_parcels(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let overdue = store::parcels::list_overdue(&mut conn, now(), PARCELS_MAX).await?;
    drop(conn);
    let returned = overdue.into_iter().map(|(parcel_id, sender)| {
        let expire = ReturnParcel { parcel_id, sender, reason: ReturnReason::Expired };
        app.group_commit.submit(expire, None, trace::current())
    });
    // One that cannot be returned does not keep the others from it.
    join_all(returned).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    Ok(())
}
