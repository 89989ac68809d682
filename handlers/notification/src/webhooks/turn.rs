//! One endpoint's turn: some of what waits for it, within its time, a few at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use service::{Error, retry_lock_conflicts};
use values::ApiClientId;

use super::Work;
use crate::domain::{Lane, TurnCourse};
use crate::store::program_requests;
use crate::store::webhook_deliveries::{self, DueDelivery};
use crate::store::webhook_endpoints;
use crate::store::webhook_leases::{self, Leased};
use crate::use_cases::note_webhook_attempt;
use crate::webhook_sender::{Outgoing, Signer};

/// Messages that one endpoint is sent at once.
const AT_ONCE: usize = 4;
/// Messages that are read at a time.
const BATCH: usize = 50;
/// No attempt begins later in a turn. With [`ATTEMPT_MAX`] that is less than the lease.
///
/// [`ATTEMPT_MAX`]: crate::webhook_sender::ATTEMPT_MAX
const TURN_MAX: Duration = Duration::from_secs(20);
/// Who took longer to answer is slow.
const QUICK_MAX: Duration = Duration::from_secs(2);
/// How long an endpoint rests that takes nothing, whatever waits for it.
const REST: Duration = Duration::from_secs(30);
/// Transactions that the turns of an instance have at once, of its 32 connections.
pub(super) const NOTES_MAX: usize = 8;

/// What a turn has come to.
#[derive(Default)]
struct Course {
    attempts: Mutex<TurnCourse>,
    /// Nothing more is sent in it, whatever the attempts have come to.
    is_over: AtomicBool,
    was_slow: AtomicBool,
}

impl Course {
    fn attempts(&self) -> MutexGuard<'_, TurnCourse> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self, since: Instant) -> bool {
        let is_late = since.elapsed() > TURN_MAX;
        is_late || self.is_over.load(Ordering::Relaxed) || self.attempts().is_down()
    }
}

/// Sends what waits for a leased endpoint, leased at `since` at the earliest. The lane in which
/// something waits for it already, if something does.
pub(super) async fn take(
    work: &Work,
    leased: &Leased,
    since: Instant,
) -> Result<Option<Lane>, Error> {
    let course = Course::default();
    let sent = send_all(work, leased, since, &course).await;
    let rests = sent.is_err() || course.attempts().ends_in_rest();
    let is_slow = rests || course.was_slow.load(Ordering::Relaxed);
    let lane = if is_slow { Lane::Slow } else { Lane::Quick };
    let rest = if rests { REST } else { Duration::ZERO };
    let _note = work.notes.acquire().await.map_err(Error::internal)?;
    let is_due = retry_lock_conflicts(|| release(work, leased, lane, rest)).await?;
    sent.map(|()| is_due.then_some(lane))
}

async fn release(work: &Work, leased: &Leased, lane: Lane, rest: Duration) -> Result<bool, Error> {
    let mut tx = work.database.begin().await?;
    let is_due = webhook_leases::release_endpoint(&mut tx, leased, lane, rest.as_secs()).await?;
    tx.commit().await?;
    Ok(is_due)
}

async fn send_all(
    work: &Work,
    leased: &Leased,
    since: Instant,
    course: &Course,
) -> Result<(), Error> {
    let Some(signer) = open_signer(work, leased).await? else {
        let note = work.notes.acquire().await.map_err(Error::internal)?;
        let mut conn = work.database.conn().await?;
        webhook_deliveries::fail_waiting(&mut conn, leased.endpoint_id).await?;
        drop((conn, note));
        return Ok(());
    };
    loop {
        let due = list_due(work, leased).await?;
        let is_last = due.len() < BATCH;
        let sent = stream::iter(due)
            .take_while(|_| ready(!course.is_over(since)))
            .map(|delivery| send(work, leased, &signer, delivery, course))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<Result<(), Error>>>()
            .await;
        sent.into_iter().collect::<Result<(), Error>>()?;
        if is_last || course.is_over(since) {
            return Ok(());
        }
    }
}

/// `None` if the credential has ended whose key signs: whoever has stolen a key would be believed,
/// so with one that has ended nothing is signed.
async fn open_signer(work: &Work, leased: &Leased) -> Result<Option<Signer>, Error> {
    let id = leased.endpoint_id;
    let note = work.notes.acquire().await.map_err(Error::internal)?;
    let mut conn = work.database.conn().await?;
    if leased.is_of_program {
        let key = program_requests::find_key(&mut conn, id).await?;
        drop((conn, note));
        // Its event is on the way.
        let key =
            key.ok_or_else(|| Error::internal("the key of the credential is not known yet"))?;
        let Some(sealed) = key.sealed else { return Ok(None) };
        let client_id = ApiClientId::from_uuid(id.uuid());
        let key = work.secrets.open_program_key(client_id, key.id, &sealed).await?;
        return Ok(Some(Signer::Program(key)));
    }
    let sealed = webhook_endpoints::list_secrets(&mut conn, id).await?;
    drop((conn, note));
    if sealed.is_empty() {
        // Its owner deleted it since it was leased; nothing goes out unsigned.
        return Err(Error::internal("the endpoint has no secret"));
    }
    let mut secrets = Vec::with_capacity(sealed.len());
    for (number, sealed) in sealed {
        secrets.push(work.secrets.open(id, number, &sealed).await?);
    }
    Ok(Some(Signer::Secrets(secrets)))
}

async fn list_due(work: &Work, leased: &Leased) -> Result<Vec<DueDelivery>, Error> {
    let _note = work.notes.acquire().await.map_err(Error::internal)?;
    let mut conn = work.database.conn().await?;
    Ok(webhook_deliveries::list_due(&mut conn, leased.endpoint_id, BATCH).await?)
}

/// What cannot be noted ends the turn; the message is then sent again.
async fn send(
    work: &Work,
    leased: &Leased,
    signer: &Signer,
    delivery: DueDelivery,
    course: &Course,
) -> Result<(), Error> {
    // What an older instance queues for a shop's own endpoints, it queues for a program's too: that
    // has no address, and is nothing that the program's key may sign.
    let of_endpoint = (!leased.is_of_program).then_some(&leased.url);
    let Some(url) = delivery.url.as_ref().or(of_endpoint) else {
        let _note = work.notes.acquire().await.map_err(Error::internal)?;
        let mut conn = work.database.conn().await?;
        return Ok(webhook_deliveries::fail_unsent(&mut conn, delivery.id).await?);
    };
    let message = Outgoing {
        url,
        id: delivery.id,
        body: &delivery.payload,
        signer,
        number: delivery.attempts.saturating_add(1),
    };
    // A later version's message: it waits for an instance that can read it, and what is due beside
    // it is sent.
    let attempt = work.sender.send(&message).await.map_err(Error::internal)?;
    if Duration::from_millis(attempt.duration_ms.into()) > QUICK_MAX {
        course.was_slow.store(true, Ordering::Relaxed);
    }
    course.attempts().note(attempt.outcome);
    let note = work.notes.acquire().await.map_err(Error::internal)?;
    let noted = note_webhook_attempt(&work.database, leased, &delivery, &attempt).await;
    drop(note);
    match noted {
        Ok(noted) => {
            if !noted.goes_on {
                course.is_over.store(true, Ordering::Relaxed);
            }
            if let Some(mailbox) = noted.told {
                work.arrivals.announce(&[mailbox]).await;
            }
            Ok(())
        }
        Err(error) => {
            course.is_over.store(true, Ordering::Relaxed);
            Err(error)
        }
    }
}
