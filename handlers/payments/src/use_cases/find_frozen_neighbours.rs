//! Who has moved money with a wallet that was frozen: found right after the freeze, or by the timer
//! if that failed. What is too old to count is deleted.

use service::database::now;
use service::{Error, causes, retry_lock_conflicts};
use uuid::Uuid;

use crate::App;
use crate::store::frozen_neighbours::{delete_old, list_to_find, save_neighbours};

/// Wallets whose neighbours one run of the timer finds; the next run goes on.
const FOUND_MAX: u32 = 50;
/// Rows that one run deletes.
const DELETED_MAX: u32 = 1_000;

/// One whose neighbours cannot be found keeps no other from it.
pub(crate) async fn find_frozen_neighbours(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let frozen = list_to_find(&mut conn, FOUND_MAX).await?;
    delete_old(&mut conn, now(), DELETED_MAX).await?;
    drop(conn);
    let mut found = Ok(());
    for frozen in frozen {
        found = found.and(find_neighbours_of(&app, frozen).await);
    }
    found
}

/// Once it is frozen and its lock is let go: that is neither to wait for this nor to fail with it.
pub(super) async fn find_neighbours_or_leave_them(app: &App, frozen: Uuid) {
    if let Err(error) = find_neighbours_of(app, frozen).await {
        tracing::warn!(causes = causes(&error), "who is next to a frozen wallet is found later");
    }
}

async fn find_neighbours_of(app: &App, frozen: Uuid) -> Result<(), Error> {
    retry_lock_conflicts(|| try_find_neighbours_of(app, frozen)).await
}

async fn try_find_neighbours_of(app: &App, frozen: Uuid) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    save_neighbours(&mut tx, frozen, now()).await?;
    Ok(tx.commit().await?)
}
