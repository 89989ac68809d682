//! Many operations on money, one transaction.
//!
//! A transaction costs a handful of round trips and one flush of the disk, however many decisions
//! it carries, and an account that all of them touch is locked once. So what comes while a
//! transaction is under way forms the next one. The first that comes starts at once; nothing waits
//! for a timer.
//!
//! Nobody is answered before the commit, also not whom a rule refuses: the refusal may rest on what
//! a neighbour has done. A deadlock repeats the batch. Data that is wrong, or a row that somebody
//! holds for long, splits it until the one is alone with that. If the database fails, all are told
//! to try again, and their idempotency keys say what became of them.

mod lane;
mod member;

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use outbox::Outbox;
use service::database::Database;
use service::trace::TraceContext;
use service::{Error, Keyed, Position, TokenVerifier};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::domain::{Decide, ESCROW};
use lane::Lane;
use member::{Member, Waiting};

/// Transactions that one instance has under way: one prepares while the other flushes. Those on one
/// account share a lane, since they could not overlap.
const LANES: usize = 2;
/// The lane after those: all pay links and red packets lock what waits in escrow, and a rush on one
/// of them keeps only the others waiting.
const ESCROW_LANE: usize = LANES;
/// Operations that wait for their lane. More would be answered after their clients gave up.
const QUEUE_LENGTH: usize = 2_048;

/// What became of an operation.
#[derive(Debug)]
pub(crate) struct Done<R> {
    /// As it stands now.
    pub(crate) record: R,
    /// It was done before under the same key.
    pub(crate) is_repeat: bool,
    /// How far the schema has come with it (`store::heartbeat`): a list that is read from there on
    /// shows it.
    pub(crate) position: Position,
}

/// A handle to the lanes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct GroupCommit {
    lanes: Arc<[mpsc::Sender<Box<dyn Member>>]>,
}

impl GroupCommit {
    /// `tokens` knows the policy of step-up, by which each batch is decided.
    pub(crate) fn start(database: &Database, outbox: &Outbox, tokens: &TokenVerifier) -> Self {
        let lane = |_| {
            let (sender, queue) = mpsc::channel(QUEUE_LENGTH);
            let lane = Lane::new(database.clone(), outbox.clone(), tokens.clone());
            let lane = tokio::spawn(lane.run(queue));
            tokio::spawn(async {
                if lane.await.is_err_and(|error| error.is_panic()) {
                    // Nobody would work off its queue. The host starts the process again at once.
                    std::process::exit(1);
                }
            });
            sender
        };
        Self { lanes: (0..=ESCROW_LANE).map(lane).collect() }
    }

    /// Does it once under the key, or each time where there is none.
    pub(crate) async fn submit<D: Decide>(
        &self,
        wanted: D,
        key: Option<&Keyed>,
        trace: TraceContext,
    ) -> Result<Done<D::Record>, Error> {
        let lane = self
            .lanes
            .get(lane_of(wanted.lane()))
            .ok_or_else(|| Error::internal("there is no lane"))?;
        let (client, answer) = oneshot::channel();
        let member = Box::new(Waiting::new(wanted, key, trace, client)?);
        lane.try_send(member).map_err(|_| {
            Error::Unavailable("Many operations are waiting at the moment; try again.")
        })?;
        answer.await.map_err(Error::internal)?
    }
}

/// Only within this process: instances meet at the locks of the database.
fn lane_of(shared: Uuid) -> usize {
    if shared == ESCROW {
        return ESCROW_LANE;
    }
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(shared);
    usize::try_from(hash).unwrap_or_default() % LANES
}
