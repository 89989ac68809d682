//! A lane: one transaction after another, each of all that came while the last was under way.

use std::collections::BTreeSet;
use std::time::Duration;

use events::Envelope;
use mysql_async::Conn;
use outbox::Outbox;
use service::database::{Database, is_duplicate, is_lock_conflict, is_wrong_data};
use service::{Error, causes};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::member::Member;
use crate::domain::Reads;
use crate::store::books;
use crate::store::operation_keys::{KeyId, UsedKey};

/// Operations in one transaction. More would not be cheaper each, and all wait for the last.
const BATCH_MAX: usize = 256;
/// How often a batch is tried that lock conflicts undo.
const ATTEMPTS_MAX: u32 = 4;
/// How long a transaction may take: three waits for locks, of five seconds each, and some work.
const BATCH_TIME_MAX: Duration = Duration::from_secs(20);
/// How long a lane keeps its connection while nothing comes.
const IDLE_MAX: Duration = Duration::from_secs(10);
/// How long closing a connection may take that is in some unknown state.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(1);

type Batch = Vec<Box<dyn Member>>;

/// Works on its own connection, so that an account on which much waits takes no more than that.
pub(super) struct Lane {
    database: Database,
    outbox: Outbox,
    conn: Option<Conn>,
}

impl Lane {
    pub(super) fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox, conn: None }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Member>>) {
        let mut batch = Vec::new();
        loop {
            match timeout(IDLE_MAX, queue.recv_many(&mut batch, BATCH_MAX)).await {
                Ok(0) => return,
                Ok(_) => self.work_off(std::mem::take(&mut batch)).await,
                Err(_) => self.conn = None,
            }
        }
    }

    async fn work_off(&mut self, mut batch: Batch) {
        batch.retain(|member| !member.is_abandoned());
        let mut batches = vec![batch];
        while let Some(mut batch) = batches.pop() {
            let Err(error) = self.commit(&mut batch).await else {
                self.outbox.nudge();
                batch.into_iter().for_each(|member| member.answer());
                continue;
            };
            if batch.len() > 1 && is_wrong_data(&error) {
                let later = batch.split_off(batch.len().div_ceil(2));
                batches.extend([later, batch]);
                continue;
            }
            if batch.len() > 1 {
                tracing::warn!(members = batch.len(), causes = causes(&error), "a batch failed");
            }
            fail(batch, error);
        }
    }

    /// Commits what the members want, and tries again after a lock conflict. A key that another
    /// instance has used in the meantime is found at the second try.
    async fn commit(&mut self, batch: &mut Batch) -> Result<(), mysql_async::Error> {
        let mut attempt: u32 = 1;
        loop {
            let outcome = self.attempt(batch).await;
            let Err(error) = &outcome else { return outcome };
            let may_help = is_lock_conflict(error) || batch.len() == 1 && is_duplicate(error);
            if !may_help || attempt >= ATTEMPTS_MAX {
                return outcome;
            }
            attempt = attempt.saturating_add(1);
        }
    }

    async fn attempt(&mut self, batch: &mut Batch) -> Result<(), mysql_async::Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.database.conn().await?,
        };
        let outcome = timeout(BATCH_TIME_MAX, transact(&mut conn, batch, &self.outbox)).await;
        let outcome = outcome.unwrap_or_else(|elapsed| {
            Err(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed).into())
        });
        // The connection goes on only if it is known to be in no transaction.
        let is_reusable = match &outcome {
            Ok(()) => true,
            Err(mysql_async::Error::Io(_) | mysql_async::Error::Driver(_)) => false,
            Err(_) => {
                timeout(CLOSE_TIME_MAX, books::rollback(&mut conn)).await.is_ok_and(|r| r.is_ok())
            }
        };
        if is_reusable {
            self.conn = Some(conn);
        } else {
            // Whether or not it says goodbye, it is not used again.
            let _ = timeout(CLOSE_TIME_MAX, conn.disconnect()).await;
        }
        outcome
    }
}

/// One transaction: reads and locks, decides in the order of arrival, writes and commits.
async fn transact(
    conn: &mut Conn,
    batch: &mut Batch,
    outbox: &Outbox,
) -> Result<(), mysql_async::Error> {
    let reads = batch.iter().map(|member| member.reads()).fold(Reads::default(), Reads::and);
    let mut books = books::begin(conn, &reads).await?;
    let accounts: BTreeSet<_> = batch.iter().flat_map(|member| member.accounts(&books)).collect();
    let keys: Vec<KeyId> = batch.iter().filter_map(|member| member.key()).collect();
    let mut used = books::lock_accounts(conn, &mut books, &accounts, &keys).await?;
    books::read_records(conn, &mut books, used.values().map(|key| key.record_id)).await?;

    let (mut new_keys, mut events): (Vec<UsedKey>, Vec<Envelope>) = Default::default();
    for member in batch {
        // Twins in one batch meet here: the second finds what the first has done.
        match member.key().and_then(|key| used.get(&key)) {
            Some(used) => member.repeat(used, &books),
            None => {
                let key = member.decide(&mut books, outbox, &mut events);
                new_keys.extend(key.clone());
                used.extend(key.map(|key| (key.id, key)));
            }
        }
    }
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
