//! Sending what waits for the endpoints of shops.
//!
//! An endpoint is leased, with all that waits for it, so no two instances send to it at once. What
//! it is sent in one turn is bounded, and so are the turns of an instance, in two lanes: who was
//! slow or failed waits among others like that, and nobody else waits for them. A commit wakes the
//! instance that made it, a timer one of all. A killed instance's leases end, and what it may have
//! sent without noting it is sent again, under its old id.

mod turn;

use std::sync::Arc;
use std::time::{Duration, Instant};

use service::causes;
use service::database::Database;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::arrivals::Arrivals;
use crate::domain::Lane;
use crate::store::webhook_leases::{self, Leased};
use crate::webhook_secrets::WebhookSecrets;
use crate::webhook_sender::WebhookSender;

/// Endpoints that one instance sends to at once, in each lane.
const QUICK_TURNS_MAX: usize = 24;
const SLOW_TURNS_MAX: usize = 8;
/// How long an endpoint is one instance's: longer than a turn with its last attempts, and with what
/// is noted of them.
const LEASE: Duration = Duration::from_mins(1);
/// How long the sender waits after the database failed it.
const PAUSE: Duration = Duration::from_secs(1);

/// The sender of this instance. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Webhooks(Arc<Inner>);

struct Inner {
    work: Work,
    quick: LaneOfTurns,
    slow: LaneOfTurns,
}

/// What a turn works with.
#[derive(Clone)]
struct Work {
    database: Database,
    arrivals: Arrivals,
    secrets: Arc<WebhookSecrets>,
    sender: WebhookSender,
    /// Turns that use the database at once: they must leave connections to those who wait.
    notes: Arc<Semaphore>,
}

struct LaneOfTurns {
    lane: Lane,
    turns: Arc<Semaphore>,
    waits: Notify,
}

impl LaneOfTurns {
    fn new(lane: Lane, turns_max: usize) -> Self {
        Self { lane, turns: Arc::new(Semaphore::new(turns_max)), waits: Notify::new() }
    }
}

impl Webhooks {
    pub(crate) fn start(
        database: Database,
        arrivals: Arrivals,
        secrets: Arc<WebhookSecrets>,
        sender: WebhookSender,
    ) -> Self {
        let notes = Arc::new(Semaphore::new(turn::NOTES_MAX));
        let webhooks = Self(Arc::new(Inner {
            work: Work { database, arrivals, secrets, sender, notes },
            quick: LaneOfTurns::new(Lane::Quick, QUICK_TURNS_MAX),
            slow: LaneOfTurns::new(Lane::Slow, SLOW_TURNS_MAX),
        }));
        for lane in [Lane::Quick, Lane::Slow] {
            tokio::spawn(webhooks.clone().run(lane));
        }
        webhooks
    }

    /// Lets it look for what waits.
    pub(crate) fn nudge(&self) {
        self.0.quick.waits.notify_one();
        self.0.slow.waits.notify_one();
    }

    async fn run(self, lane: Lane) {
        let turns = self.lane(lane);
        loop {
            turns.waits.notified().await;
            while let Err(error) = self.give_turns(turns).await {
                tracing::warn!(causes = causes(&error), "webhooks wait");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Begins a turn for each endpoint for which something waits. Whoever is left over has theirs
    /// when another one's is over.
    async fn give_turns(&self, lane: &LaneOfTurns) -> Result<(), service::Error> {
        loop {
            let Ok(first) = Arc::clone(&lane.turns).acquire_owned().await else { return Ok(()) };
            let others = std::iter::from_fn(|| Arc::clone(&lane.turns).try_acquire_owned().ok());
            let free: Vec<OwnedSemaphorePermit> = std::iter::once(first).chain(others).collect();
            let mut conn = self.0.work.database.conn().await?;
            let waiting = webhook_leases::list_waiting(&mut conn, lane.lane, free.len()).await?;
            let is_last = waiting.len() < free.len();
            for (endpoint_id, permit) in waiting.into_iter().zip(free) {
                let since = Instant::now();
                let seconds = LEASE.as_secs();
                let leased = webhook_leases::lease_endpoint(&mut conn, endpoint_id, seconds);
                if let Some(leased) = leased.await? {
                    tokio::spawn(self.clone().give_turn(leased, since, permit));
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn give_turn(self, leased: Leased, since: Instant, permit: OwnedSemaphorePermit) {
        let next = turn::take(&self.0.work, &leased, since).await;
        drop(permit);
        match next {
            Ok(Some(lane)) => self.lane(lane).waits.notify_one(),
            Ok(None) => {}
            // Its lease ends by itself.
            Err(error) => tracing::warn!(
                causes = causes(&error),
                endpoint = %leased.endpoint_id,
                "a turn of webhooks broke off"
            ),
        }
    }

    fn lane(&self, lane: Lane) -> &LaneOfTurns {
        match lane {
            Lane::Quick => &self.0.quick,
            Lane::Slow => &self.0.slow,
        }
    }
}
