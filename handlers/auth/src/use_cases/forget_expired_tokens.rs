//! Expired refresh tokens and spent log-in proofs are deleted, which were refused already; so are
//! old counts of wrong guesses and of phones asked for, recoveries that came to nothing, and what
//! is too old for anybody's security trail.

use service::Error;

use crate::store::{contacts, guesses, recoveries, security_events};
use crate::{App, store};

/// Rows deleted in one statement.
const BATCH_MAX: u64 = 1_000;
/// Statements for each table in one run of the timer; the next run goes on.
const BATCHES_MAX: u32 = 100;

pub(crate) async fn forget_expired_tokens(app: App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    for _ in 0..BATCHES_MAX {
        let deleted = [
            store::delete_expired_tokens(&mut conn, BATCH_MAX).await?,
            store::delete_expired_log_in_proofs(&mut conn, BATCH_MAX).await?,
            contacts::delete_old_allowances(&mut conn, BATCH_MAX).await?,
            guesses::delete_old_guesses(&mut conn, BATCH_MAX).await?,
            recoveries::delete_old_recoveries(&mut conn, BATCH_MAX).await?,
            security_events::delete_old_security_events(&mut conn, BATCH_MAX).await?,
        ];
        if deleted.iter().all(|rows| *rows < BATCH_MAX) {
            break;
        }
    }
    Ok(())
}
