//! Where lists are read: on the replica, so that long histories take nothing from payments.
//!
//! A list is read on the replica if that has all that the client wants to see (`Read-After`) and is
//! not late; otherwise on the primary. There it gets one of a few connections, so that a replica
//! that is away does not bring down what money needs; when they are taken it is 503 `try-again`.
//!
//! What the replica has is known beforehand: each instance looks twice a second. So no list pays a
//! round trip to ask, and few wait for a replica that hangs. None waits for it to catch up: the
//! next beat is half a second away, and the primary answers sooner.
//!
//! Balances, single payments and home stay on the primary: they must be right, not cheap.

use std::sync::Arc;
use std::time::Duration;

use mysql_async::Conn;
use service::database::{Database, now};
use service::{AsOf, Error, Json, Page, Position, ReadAfter, causes};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::observe;
use crate::store::heartbeat;

/// How often an instance beats on the primary, and looks at the replica.
const PULSE: Duration = Duration::from_millis(500);
/// How long a beat or a look may take.
const PULSE_TIME_MAX: Duration = Duration::from_secs(1);
/// A replica that is later than this is not read.
const LATENESS_MAX: Duration = Duration::from_secs(5);
/// How long a list waits for a connection to a replica that answered a moment ago.
const REPLICA_WAIT_MAX: Duration = Duration::from_millis(250);
/// Lists that one instance reads on the primary at once: a quarter of its connections.
const PRIMARY_READS_MAX: usize = 8;
/// How long a list waits for its turn on the primary.
const PRIMARY_WAIT_MAX: Duration = Duration::from_millis(500);

/// A list's answer.
pub(crate) type Listed<T> = AsOf<Json<Page<T>>>;

/// How long after the moment of its id what is written is there to be read, at most: a batch of the
/// ledger ends after 20 s, and clocks differ.
const WRITTEN_WITHIN: time::Duration = time::Duration::minutes(1);

/// What was seen of the replica.
#[derive(Debug, Clone, Copy)]
struct Seen {
    beat: Position,
    /// How old the beat was.
    age: Duration,
    at: Instant,
}

impl Seen {
    fn is_late(&self, now: Instant) -> bool {
        self.age.saturating_add(now.saturating_duration_since(self.at)) > LATENESS_MAX
    }

    /// Whether the replica has all that was done up to a position (`store::heartbeat` says why).
    fn has(&self, wanted: Option<Position>) -> bool {
        wanted.is_none_or(|wanted| self.beat > wanted)
    }

    fn as_of(&self) -> Result<OffsetDateTime, Error> {
        let nanoseconds = i128::from(self.beat.0).saturating_mul(1_000);
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(Error::internal)
    }
}

/// Where lists are read. Cheap to clone.
#[derive(Clone)]
pub(crate) struct History {
    primary: Database,
    replica: Database,
    /// `None` while the replica is away.
    seen: watch::Sender<Option<Seen>>,
    primary_reads: Arc<Semaphore>,
}

/// A connection on which a list is read.
pub(crate) struct Reading {
    pub(crate) conn: Conn,
    as_of: OffsetDateTime,
    /// Of those that the primary is read with.
    turn: Option<OwnedSemaphorePermit>,
}

impl History {
    pub(crate) fn follow(primary: Database, replica: Database) -> Self {
        let primary_reads = Arc::new(Semaphore::new(PRIMARY_READS_MAX));
        let history = Self { primary, replica, seen: watch::Sender::new(None), primary_reads };
        tokio::spawn(history.clone().run());
        history
    }

    /// Nothing beats where no instance runs, so what the first one sees is late, for a moment.
    async fn run(self) {
        let mut was_read = true;
        loop {
            let beaten = in_time(self.beat()).await;
            let looked = in_time(self.look()).await;
            let is_read = looked.as_ref().is_ok_and(|seen| !seen.is_late(Instant::now()));
            if is_read != was_read {
                report(is_read, looked.as_ref().err().or(beaten.as_ref().err()));
            }
            was_read = is_read;
            self.seen.send_replace(looked.ok());
            sleep(PULSE).await;
        }
    }

    async fn beat(&self) -> Result<(), mysql_async::Error> {
        heartbeat::beat(&mut self.primary.conn().await?).await
    }

    async fn look(&self) -> Result<Seen, mysql_async::Error> {
        let mut conn = self.replica.conn().await?;
        let at = Instant::now();
        let (beat, age) = heartbeat::find_beat(&mut conn).await?;
        Ok(Seen { beat, age: Duration::from_micros(age), at })
    }

    /// A connection to read a list that shows all that was done up to a position.
    pub(crate) async fn read(&self, ReadAfter(wanted): ReadAfter) -> Result<Reading, Error> {
        let seen = *self.seen.borrow();
        if let Some(seen) = seen.filter(|seen| seen.has(wanted) && !seen.is_late(Instant::now())) {
            if let Ok(Ok(conn)) = timeout(REPLICA_WAIT_MAX, self.replica.conn()).await {
                observe::listed("replica");
                return Ok(Reading { conn, as_of: seen.as_of()?, turn: None });
            }
            // Others need not wait for the same, until somebody has looked again.
            self.seen.send_replace(None);
        }
        let turn = Arc::clone(&self.primary_reads).acquire_owned();
        let Ok(Ok(turn)) = timeout(PRIMARY_WAIT_MAX, turn).await else {
            observe::listed("nowhere");
            return Err(Error::Unavailable("Many lists are being read at the moment; try again."));
        };
        observe::listed("primary");
        let as_of = now();
        Ok(Reading { conn: self.primary.conn().await?, as_of, turn: Some(turn) })
    }
}

impl Reading {
    /// All that began before is in what was read.
    pub(crate) const fn complete_until(&self) -> OffsetDateTime {
        self.as_of.saturating_sub(WRITTEN_WITHIN)
    }

    /// The answer with what was read. A page of the primary says how new it is: read on a replica
    /// that is later, the next one could leave something out.
    pub(crate) async fn answer<T>(mut self, page: Page<T>) -> Result<Listed<T>, Error> {
        let position = match self.turn {
            Some(_) => Some(heartbeat::find_position(&mut self.conn).await?),
            None => None,
        };
        Ok(AsOf { answer: Json(page), as_of: self.as_of.into(), position })
    }
}

async fn in_time<T>(
    step: impl Future<Output = Result<T, mysql_async::Error>>,
) -> Result<T, mysql_async::Error> {
    timeout(PULSE_TIME_MAX, step).await.unwrap_or_else(|elapsed| {
        Err(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed).into())
    })
}

/// Says once that the replica is read again, or no more.
fn report(is_read: bool, failed: Option<&mysql_async::Error>) {
    match (is_read, failed) {
        (true, _) => tracing::info!("lists are read on the replica"),
        (false, None) => tracing::warn!("the replica is late; lists are read on the primary"),
        (false, Some(error)) => {
            tracing::warn!(causes = causes(error), "no heartbeat; lists are read on the primary");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(beat: u64, age: Duration) -> Seen {
        Seen { beat: Position(beat), age, at: Instant::now() }
    }

    #[test]
    fn only_a_beat_after_a_position_proves_what_was_committed_before_it() {
        let seen = seen(7, Duration::ZERO);
        assert!(seen.has(None) && seen.has(Some(Position(6))));
        assert!(!seen.has(Some(Position(7))), "that beat came before the commit");
    }

    #[test]
    fn a_replica_that_nobody_looks_at_grows_late() {
        let seen = seen(7, Duration::from_secs(3));
        assert!(!seen.is_late(seen.at + Duration::from_secs(2)));
        assert!(seen.is_late(seen.at + Duration::from_millis(2_001)));
    }

    #[test]
    fn a_beat_is_a_moment() {
        let as_of = seen(1_796_098_765_432_100, Duration::ZERO).as_of().unwrap();
        assert_eq!(as_of, time::macros::datetime!(2026-12-01 04:19:25.4321 UTC));
    }
}
