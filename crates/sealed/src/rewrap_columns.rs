//! What a rotation of the key leaves to do.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use service::database::Database;
use service::{Error, causes};

use crate::store::{SealedColumn, list_outdated, update_sealed};
use crate::{Pace, SealError, Sealed, SealingKey};

/// Rows that are read at once.
const BATCH_MAX: usize = 100;
/// So long one call goes on: a timer has other work.
const WORK_MAX: Duration = Duration::from_secs(4);

/// By table and column, how many rows could not be rewrapped since the column was last gone through
/// to its end. They stand first whenever the others are looked for, so a call that began with them
/// again might never come to any other.
#[derive(Default)]
pub(crate) struct PassedOver(Mutex<HashMap<(&'static str, &'static str), usize>>);

impl PassedOver {
    fn of(&self, column: &SealedColumn) -> usize {
        self.counts().get(&(column.table, column.column)).copied().unwrap_or_default()
    }

    fn set(&self, column: &SealedColumn, count: usize) {
        self.counts().insert((column.table, column.column), count);
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<(&'static str, &'static str), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why no more is done now.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Database(#[from] mysql_async::Error),
    #[error(transparent)]
    Vault(#[from] SealError),
}

impl SealingKey {
    /// Wraps by the newest version of the key what older ones wrap in these columns: as much as
    /// fits into a few seconds, and if there is nothing to do by one look into each index. Only
    /// bytes that still stand there are replaced, so whoever writes meanwhile wins.
    ///
    /// While Key Vault is away nothing is done: old versions open what they wrap, so it can wait,
    /// and whoever calls has other work.
    ///
    /// # Errors
    /// The database's.
    pub async fn rewrap_columns(
        &self,
        database: &Database,
        columns: &[SealedColumn],
    ) -> Result<(), Error> {
        let (start, mut pace) = (Instant::now(), Pace::new());
        for column in columns {
            match self.rewrap_until(start, &mut pace, database, column).await {
                Ok(0) => {}
                Ok(failed) => {
                    tracing::error!(column = column.column, failed, "cannot be rewrapped");
                }
                Err(Failure::Database(error)) => return Err(error.into()),
                Err(Failure::Vault(error)) => {
                    let causes = causes(&error);
                    tracing::warn!(column = column.column, causes, "is not rewrapped now");
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Goes on where the last call stopped. How many rows it could not rewrap: they stay as they
    /// are, and hold up no other.
    async fn rewrap_until(
        &self,
        start: Instant,
        pace: &mut Pace,
        database: &Database,
        column: &SealedColumn,
    ) -> Result<usize, Failure> {
        let mut failed: usize = 0;
        while start.elapsed() < WORK_MAX {
            let current = self.current_range().await?;
            let mut conn = database.conn().await?;
            // What was done is not found again, so the first that are found are those that failed.
            let part = (BATCH_MAX, self.passed_over.of(column));
            let found = list_outdated(&mut conn, column, current, part).await?;
            drop(conn);
            if found.is_empty() {
                self.passed_over.set(column, 0);
                break;
            }
            for (row, old) in found {
                if start.elapsed() >= WORK_MAX {
                    return Ok(failed);
                }
                match self.rewrap_bytes(pace, &old).await {
                    Ok(new) => {
                        let mut conn = database.conn().await?;
                        update_sealed(&mut conn, column, (row, old), new).await?;
                    }
                    Err(error @ SealError::Unavailable(_)) => return Err(error.into()),
                    Err(_) => {
                        failed = failed.saturating_add(1);
                        self.passed_over.set(column, self.passed_over.of(column).saturating_add(1));
                    }
                }
            }
        }
        Ok(failed)
    }

    async fn rewrap_bytes(&self, pace: &mut Pace, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealed = Sealed::try_from(sealed)?;
        // A turn for each of two calls.
        pace.turn().await;
        pace.turn().await;
        Ok(self.rewrap(&sealed).await?.to_bytes())
    }
}
