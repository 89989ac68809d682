//! A lane: one transaction after another, each of all that came while the last was under way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use events::Envelope;
use mysql_async::Conn;
use outbox::Outbox;
use service::database::{
    Database, is_deadlock, is_duplicate, is_lock_conflict, is_lock_timeout, is_wrong_data,
};
use service::{Error, Position, TokenVerifier, causes};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};

use super::member::Member;
use crate::domain::Reads;
use crate::observe;
use crate::store::operation_keys::{KeyId, UsedKey};
use crate::store::{Lock, books};

/// Operations in one transaction. More would not be cheaper each, and all wait for the last.
const BATCH_MAX: usize = 256;
/// How often a batch is tried that a deadlock undoes, or whose keys others have just used.
const ATTEMPTS_MAX: u32 = 4;
/// How long a transaction may take. Rows that others hold are waited for one after another.
const BATCH_TIME_MAX: Duration = Duration::from_secs(20);
/// How long it waits for one row: all members wait with it, and so does whoever needs their rows.
const LOCK_WAIT_SECONDS_MAX: u32 = 1;
/// How many of a lane may wait aside at once, each on a connection of its own. More are told to try
/// again.
const ASIDE_MAX: usize = 4;
/// How often one of them looks whether its rows are free, and how long it pauses in between.
const LOOKS_MAX: u32 = 75;
const LOOK_PAUSE: Duration = Duration::from_millis(200);
/// The server ends the session of an instance that has vanished after so much silence.
const SILENT_SESSION_SECONDS_MAX: u32 = 20;
/// How long a lane keeps its connection while nothing comes: less than the server does.
const IDLE_MAX: Duration = Duration::from_secs(10);
/// How long closing a connection may take that is in some unknown state.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(1);

type Batch = Vec<Box<dyn Member>>;

/// Works on its own connection, so that an account on which much waits takes no more than that.
pub(super) struct Lane {
    database: Database,
    outbox: Outbox,
    tokens: TokenVerifier,
    conn: Option<Conn>,
    /// Places for members that wait for a row which somebody holds for long. Who has one of them
    /// has no more.
    aside: Option<Arc<Semaphore>>,
}

impl Lane {
    pub(super) fn new(database: Database, outbox: Outbox, tokens: TokenVerifier) -> Self {
        let aside = Some(Arc::new(Semaphore::new(ASIDE_MAX)));
        Self { database, outbox, tokens, conn: None, aside }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Member>>) {
        let mut batch = Vec::new();
        loop {
            match timeout(IDLE_MAX, queue.recv_many(&mut batch, BATCH_MAX)).await {
                Ok(0) => return,
                Ok(_) => self.work_off(std::mem::take(&mut batch)).await,
                // Its waits are not those that others expect of a pooled connection.
                Err(_) => self.disconnect().await,
            }
        }
    }

    async fn work_off(&mut self, batch: Batch) {
        let mut batches = vec![batch];
        while let Some(mut batch) = batches.pop() {
            match self.commit(&mut batch).await {
                Ok(position) => self.answer(batch, position),
                // Somebody holds a row for long, or the data of one member is wrong. The others
                // need not share that.
                Err(error)
                    if batch.len() > 1 && (is_lock_timeout(&error) || is_wrong_data(&error)) =>
                {
                    observe::repeated("split");
                    let later = batch.split_off(batch.len().div_ceil(2));
                    batches.extend([later, batch]);
                }
                Err(error) if is_lock_timeout(&error) && self.take_aside(&mut batch) => {}
                Err(error) => {
                    let (members, causes) = (batch.len(), causes(&error));
                    tracing::warn!(members, causes, "a batch of operations failed");
                    fail(batch, error);
                }
            }
        }
    }

    /// Lets a member wait where it holds up nobody; false if there is no place.
    fn take_aside(&self, batch: &mut Batch) -> bool {
        let place = self.aside.clone().and_then(|places| places.try_acquire_owned().ok());
        let Some(place) = place else { return false };
        let (database, outbox) = (self.database.clone(), self.outbox.clone());
        let tokens = self.tokens.clone();
        let batch = std::mem::take(batch);
        tokio::spawn(async move {
            Self { database, outbox, tokens, conn: None, aside: None }.wait(batch).await;
            drop(place);
        });
        true
    }

    /// Looks again and again, since whoever waits at the database holds the other rows meanwhile.
    async fn wait(mut self, mut batch: Batch) {
        let mut look: u32 = 1;
        let outcome = loop {
            match self.commit(&mut batch).await {
                Err(error) if is_lock_timeout(&error) && look < LOOKS_MAX => {
                    look = look.saturating_add(1);
                    sleep(LOOK_PAUSE).await;
                }
                outcome => break outcome,
            }
        };
        match outcome {
            Ok(position) => self.answer(batch, position),
            Err(error) => fail(batch, error),
        }
        self.disconnect().await;
    }

    fn answer(&self, batch: Batch, position: Position) {
        observe::committed(batch.len());
        self.outbox.nudge();
        batch.into_iter().for_each(|member| member.answer(position));
    }

    /// Commits what the members want, and tries again after a deadlock. A key that another instance
    /// has used in the meantime is found at the second try.
    async fn commit(&mut self, batch: &mut Batch) -> Result<Position, mysql_async::Error> {
        let mut attempt: u32 = 1;
        loop {
            batch.retain(|member| !member.is_abandoned());
            let outcome = self.attempt(batch).await;
            let Err(error) = &outcome else { return outcome };
            let may_help = is_deadlock(error) || is_duplicate(error);
            if !may_help || attempt >= ATTEMPTS_MAX {
                return outcome;
            }
            observe::repeated("conflict");
            attempt = attempt.saturating_add(1);
        }
    }

    async fn connect(&self) -> Result<Conn, mysql_async::Error> {
        let mut conn = self.database.conn().await?;
        books::set_waits(&mut conn, LOCK_WAIT_SECONDS_MAX, SILENT_SESSION_SECONDS_MAX).await?;
        Ok(conn)
    }

    async fn attempt(&mut self, batch: &mut Batch) -> Result<Position, mysql_async::Error> {
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.connect().await?,
        };
        let lock = if self.aside.is_some() { Lock::Wait } else { Lock::NoWait };
        let transaction = transact(&mut conn, batch, (&self.outbox, &self.tokens), lock);
        let outcome = timeout(BATCH_TIME_MAX, transaction).await;
        let outcome = outcome.unwrap_or_else(|elapsed| {
            Err(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed).into())
        });
        // The connection goes on only if it is known to be in no transaction, and at a server that
        // still takes writes.
        let is_usual = |error| is_lock_conflict(error) || is_wrong_data(error);
        let is_reusable = match &outcome {
            Ok(_) => true,
            Err(error) if is_usual(error) => {
                let undone = timeout(CLOSE_TIME_MAX, books::rollback(&mut conn)).await;
                undone.is_ok_and(|undone| undone.is_ok())
            }
            Err(_) => false,
        };
        self.conn = Some(conn);
        if !is_reusable {
            self.disconnect().await;
        }
        outcome
    }

    /// Whether or not the connection says goodbye, it is not used again.
    async fn disconnect(&mut self) {
        if let Some(conn) = self.conn.take() {
            let _ = timeout(CLOSE_TIME_MAX, conn.disconnect()).await;
        }
    }
}

/// One transaction: reads and locks, decides in the order of arrival, writes and commits.
async fn transact(
    conn: &mut Conn,
    batch: &mut Batch,
    (outbox, tokens): (&Outbox, &TokenVerifier),
    lock: Lock,
) -> Result<Position, mysql_async::Error> {
    let reads = batch.iter().map(|member| member.reads()).fold(Reads::default(), Reads::and);
    let mut books = books::begin(conn, &reads, lock).await?;
    books.policy = tokens.policy();
    let accounts: BTreeSet<_> = batch.iter().flat_map(|member| member.accounts(&books)).collect();
    let keys: Vec<KeyId> = batch.iter().filter_map(|member| member.key()).collect();
    let mut used = books::lock_accounts(conn, &mut books, &accounts, &reads, &keys, lock).await?;
    books::read_records(conn, &mut books, used.values().map(|key| key.record_id)).await?;

    let (mut new_keys, mut events): (Vec<UsedKey>, Vec<Envelope>) = Default::default();
    for member in batch {
        // Twins in one batch meet here: the second finds what the first has done.
        match member.key().and_then(|key| used.get(&key)) {
            Some(used) => member.repeat(used, &books),
            None => {
                let key = member.decide(&mut books, outbox, &mut events)?;
                new_keys.extend(key.clone());
                used.extend(key.map(|key| (key.id, key)));
            }
        }
    }
    // In one order, so that two transactions with the same keys do not wait in a circle.
    new_keys.sort_unstable_by_key(|key| key.id);
    let events = Outbox::insert_sql(&events)?;
    books::commit(conn, &books, &new_keys, events).await
}

/// All of a batch hear that the database failed. Its error is one, so all but the last hear it in
/// general words.
fn fail(mut batch: Batch, error: mysql_async::Error) {
    let last = batch.pop();
    for member in batch {
        member.fail(Error::Unavailable("The service cannot decide at the moment."));
    }
    if let Some(last) = last {
        last.fail(error.into());
    }
}
