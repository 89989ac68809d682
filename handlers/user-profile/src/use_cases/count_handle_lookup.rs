//! One more handle is tried.

use service::Error;
use service::database::now;
use values::UserId;

use crate::{App, store};

/// Counts it, whether or not somebody has the handle; refuses one too many.
pub(super) async fn count_handle_lookup(app: &App, user_id: UserId) -> Result<(), Error> {
    let now = now();
    // Of those that come at once, each has its own number.
    let mut tx = app.database.begin().await?;
    store::count_handle_lookup(&mut tx, user_id, now).await?;
    let lookups = store::find_handle_lookups(&mut tx, user_id).await?;
    tx.commit().await?;
    lookups.map_or(Ok(()), |lookups| Ok(lookups.require_few(now)?))
}
