//! The books of payments, read on their replica and not on the primary, unless the replica has
//! become that: reports take nothing from what people wait for at the till.
//!
//! A replica that is late is not read, nor one that has not got what the client has done
//! (`Read-After`): for that a report waits a moment, since it is mostly less than a second behind.
//! Then it is refused (503 `books-behind`) rather than told without what its reader has just paid.

use std::time::Duration;

use mysql_async::Conn;
use service::database::{Database, Tx};
use service::{Error, Position, ReadAfter, causes};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep, timeout};

use crate::domain::{BOOKS_BEHIND, PERIOD_INVALID, READ_AFTER_INVALID};
use crate::store::ledger::heartbeat;

/// A replica that is later than this is not read.
const LATENESS_MAX: Duration = Duration::from_secs(60);
/// By how much the clock that made a position may be ahead of ours.
const CLOCKS_DIFFER: time::Duration = time::Duration::minutes(1);
/// How long a report waits for the replica to have what its reader has done, or to answer at all.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// How often it looks meanwhile; the primary beats twice a second.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// When whoever was refused asks again.
const RETRY_AFTER_SECONDS: u64 = 2;

/// Where the books are read. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ledger(Database);

/// A snapshot of the books, with all that was done before a moment.
pub(crate) struct Reading {
    pub(crate) tx: Tx,
    pub(crate) as_of: OffsetDateTime,
}

impl Ledger {
    pub(crate) const fn on(replica: Database) -> Self {
        Self(replica)
    }

    /// A snapshot that shows all that was done up to a position.
    pub(crate) async fn read(&self, ReadAfter(wanted): ReadAfter) -> Result<Reading, Error> {
        let latest = OffsetDateTime::now_utc().saturating_add(CLOCKS_DIFFER);
        if wanted.map(moment).transpose()?.is_some_and(|wanted| wanted > latest) {
            return Err(READ_AFTER_INVALID.into());
        }
        let began = Instant::now();
        let has = |beat: Position| wanted.is_none_or(|wanted| beat > wanted);
        loop {
            let Ok(begun) = timeout(WAIT_MAX, self.begin()).await else {
                return Err(behind("payments' replica does not answer"));
            };
            let (tx, beat, age) = begun.map_err(|error| {
                tracing::warn!(causes = causes(&error), "payments' replica cannot be read");
                behind("payments' replica cannot be read")
            })?;
            if age <= LATENESS_MAX && has(beat) {
                return Ok(Reading { tx, as_of: moment(beat)? });
            }
            tx.rollback().await?;
            if began.elapsed() >= WAIT_MAX {
                return Err(behind("payments' replica has not got it yet"));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// A connection for what is read in parts, each by itself; what is settled for long needs no
    /// snapshot.
    pub(crate) async fn conn(&self) -> Result<Conn, Error> {
        Ok(self.0.conn().await?)
    }

    /// The beat is read in the snapshot, so it is of its moment.
    async fn begin(&self) -> Result<(Tx, Position, Duration), mysql_async::Error> {
        let mut tx = self.0.snapshot().await?;
        let (beat, age) = heartbeat::find_beat(&mut tx).await?;
        Ok((tx, Position(beat), Duration::from_micros(age)))
    }
}

/// Whether a month has begun is the clock's to say. What moved at the end of the one before may not
/// be in the books yet, so until those have begun it too there is nothing true to tell of it.
pub(crate) fn require_begun(
    begins: OffsetDateTime,
    as_of: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if begins > now {
        return Err(PERIOD_INVALID.because("the month has not begun").into());
    }
    if begins > as_of {
        return Err(behind("the month has begun since payments' replica was written"));
    }
    Ok(())
}

/// The refusal of a report that would be a false one.
pub(crate) fn behind(why: &'static str) -> Error {
    BOOKS_BEHIND.because(why).for_seconds(RETRY_AFTER_SECONDS).into()
}

fn moment(Position(beat): Position) -> Result<OffsetDateTime, Error> {
    let nanoseconds = i128::from(beat).saturating_mul(1_000);
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_month_that_the_books_have_not_begun_yet_is_not_refused_as_one_to_come() {
        let midnight = datetime!(2026-11-30 16:00 UTC);
        let (before, after) =
            (midnight - time::Duration::SECOND, midnight + time::Duration::SECOND);
        let said = |as_of, now| {
            let refused = require_begun(midnight, as_of, now).err();
            refused.map(|error| format!("{error:?}"))
        };
        assert!(said(before, before).unwrap().contains("report-period-invalid"));
        assert!(said(before, after).unwrap().contains("books-behind"));
        assert_eq!(said(midnight, after), None);
    }
}
