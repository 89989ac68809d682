//! One of those that share a transaction, whatever it wants.

use events::Envelope;
use outbox::Outbox;
use service::trace::TraceContext;
use service::{Error, IDEMPOTENCY_KEY_REUSED, Keyed, Position};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Done;
use crate::domain::{Announcement, Books, Decide, Kept, Reads, Record};
use crate::store::operation_keys::{KeyId, UsedKey};

/// A member of a batch, as its lane sees it.
pub(super) trait Member: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    fn key(&self) -> Option<KeyId>;
    fn reads(&self) -> Reads;
    fn accounts(&self, books: &Books) -> Vec<Uuid>;
    /// Decides and keeps the outcome. Returns the key if it is used from now on. An error is not an
    /// outcome: the books have changed by then, so nothing of the batch may be written.
    fn decide(
        &mut self,
        books: &mut Books,
        outbox: &Outbox,
        events: &mut Vec<Envelope>,
    ) -> Result<Option<UsedKey>, mysql_async::Error>;
    /// It was done before, and the books have what came of it.
    fn repeat(&mut self, used: &UsedKey, books: &Books);
    /// Gives the outcome to whoever waits. The position has all that was committed.
    fn answer(self: Box<Self>, position: Position);
    /// Gives an error instead.
    fn fail(self: Box<Self>, error: Error);
}

/// A key is written together with its record.
#[derive(Debug, thiserror::Error)]
#[error("{0} was recorded under a key and cannot be found")]
struct RecordLost(Uuid);

/// A client's idempotency key.
struct Key {
    id: KeyId,
    fingerprint: [u8; 16],
}

/// Something that a client waits for.
pub(super) struct Waiting<D: Decide> {
    wanted: D,
    key: Option<Key>,
    trace: TraceContext,
    /// The record, and whether it was there before.
    outcome: Option<Result<(D::Record, bool), Error>>,
    client: oneshot::Sender<Result<Done<D::Record>, Error>>,
}

impl<D: Decide> Waiting<D> {
    pub(super) fn new(
        wanted: D,
        key: Option<&Keyed>,
        trace: TraceContext,
        client: oneshot::Sender<Result<Done<D::Record>, Error>>,
    ) -> Result<Self, Error> {
        let key = key.map(|keyed| -> Result<Key, Error> {
            Ok(Key { id: half(keyed.key_digest())?, fingerprint: half(keyed.fingerprint())? })
        });
        Ok(Self { wanted, key: key.transpose()?, trace, outcome: None, client })
    }
}

/// Half of a SHA-256 tells keys apart as well, and takes half of the room in the index.
fn half(digest: &[u8]) -> Result<[u8; 16], Error> {
    digest.first_chunk().copied().ok_or_else(|| Error::internal("a digest is too short"))
}

impl<D: Decide> Member for Waiting<D> {
    fn is_abandoned(&self) -> bool {
        self.client.is_closed()
    }

    fn key(&self) -> Option<KeyId> {
        self.key.as_ref().map(|key| key.id)
    }

    fn reads(&self) -> Reads {
        self.wanted.reads()
    }

    fn accounts(&self, books: &Books) -> Vec<Uuid> {
        self.wanted.accounts(books)
    }

    fn decide(
        &mut self,
        books: &mut Books,
        outbox: &Outbox,
        events: &mut Vec<Envelope>,
    ) -> Result<Option<UsedKey>, mysql_async::Error> {
        let (record, announcements) = match books.decide(&self.wanted) {
            Ok(decided) => decided,
            Err(refusal) => {
                self.outcome = Some(Err(refusal.into()));
                return Ok(None);
            }
        };
        for Announcement { subject, kind, data } in announcements {
            events.push(outbox.envelope_of(self.trace, subject, kind, data)?);
        }
        let used = self.key.as_ref().map(|key| UsedKey {
            id: key.id,
            fingerprint: key.fingerprint,
            record_id: record.id(),
        });
        self.outcome = Some(Ok((record, false)));
        Ok(used)
    }

    fn repeat(&mut self, used: &UsedKey, books: &Books) {
        let is_same = self.key.as_ref().is_some_and(|key| key.fingerprint == used.fingerprint);
        self.outcome = Some(if is_same {
            D::Record::find(books, used.record_id)
                .map(|record| (record, true))
                .ok_or_else(|| Error::internal(RecordLost(used.record_id)))
        } else {
            Err(IDEMPOTENCY_KEY_REUSED.into())
        });
    }

    fn answer(self: Box<Self>, position: Position) {
        let Self { outcome, client, .. } = *self;
        let undecided = || Err(Error::internal("nothing was decided"));
        let done = outcome.unwrap_or_else(undecided);
        // Whoever asked may be gone. Then the key answers the next time.
        let _ = client.send(done.map(|(record, is_repeat)| Done { record, is_repeat, position }));
    }

    fn fail(self: Box<Self>, error: Error) {
        let _ = self.client.send(Err(error));
    }
}
