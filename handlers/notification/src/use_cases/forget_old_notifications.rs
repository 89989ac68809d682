//! An inbox goes back a year.

use std::collections::{BTreeMap, BTreeSet};

use service::database::Database;
use service::{Error, retry_lock_conflicts};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::forget_old_webhooks::first_id_of;
use crate::domain::Mailbox;
use crate::store;
use crate::store::old_notifications;

const KEPT: Duration = Duration::days(365);
/// Notifications that one transaction deletes, so that none holds mailboxes for long …
const ROWS_MAX: usize = 500;
/// … and transactions of one call, which the next one goes on from.
const ROUNDS_MAX: usize = 80;

pub(crate) async fn forget_old_notifications(database: &Database) -> Result<(), Error> {
    let before = first_id_of(OffsetDateTime::now_utc().saturating_sub(KEPT));
    for _ in 0..ROUNDS_MAX {
        let forgotten = retry_lock_conflicts(|| forget_some(database, before)).await?;
        if forgotten < ROWS_MAX {
            break;
        }
    }
    Ok(())
}

/// How many; what nobody has read of them does not count as unread any more.
async fn forget_some(database: &Database, before: Uuid) -> Result<usize, Error> {
    let mut tx = database.begin().await?;
    let old = old_notifications::list_old(&mut tx, before, ROWS_MAX).await?;
    let ids: BTreeSet<Uuid> = old.iter().map(|old| old.id).collect();
    let touched: BTreeMap<Mailbox, u64> = old.iter().map(|old| (old.mailbox, 0)).collect();
    // Locked: whoever reads, delivers or replaces does it before or after.
    store::extend_mailboxes(&mut tx, &touched).await?;
    // Seen anew under the locks.
    let old = old_notifications::list_these(&mut tx, &ids).await?;
    old_notifications::reduce_unread(&mut tx, &old).await?;
    old_notifications::delete_these(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(ids.len())
}
