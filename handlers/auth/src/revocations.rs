//! Which logins ended lately, as every other service learns it from this one; now and then it looks
//! for the policy of step-up too.
//!
//! Each instance looks into the table a few times a second, whichever instance revoked a login, and
//! answers the polls of other services from what it saw. An entry becomes visible when its
//! transaction commits, a little after its own time: so each look, and each answer, goes back a
//! little.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mysql_async::Error;
use service::database::Database;
use service::{ACCESS_LIFETIME_SECONDS, REVOCATIONS_WAIT, RevokedSessions, TokenVerifier, causes};
use time::OffsetDateTime;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};
use values::SessionId;

use crate::{step_up_policy, store};

/// How many polls may wait at one instance: several for each instance of each other service.
const POLLS_MAX: usize = 512;
/// The pause between two looks into the table.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// How long after its own time an entry becomes visible at the latest, unless its commit stalls.
const VISIBLE_AFTER_MAX: time::Duration = time::Duration::seconds(10);
/// An entry learned less than this ago may be news to a poll that comes now: the poll before may
/// have missed it. Longer than a service waits from one poll to the next.
const NEWS_AGE: Duration = Duration::from_millis(600);
/// An entry learned less than this ago is told again, however old it is: it may have become visible
/// late.
const TOLD_AGAIN: Duration = Duration::from_secs(15);
/// One look in so many takes in everything that still matters, however late it became visible.
const FULL_LOOK_EVERY: u32 = 20;
/// An entry is forgotten a minute after its login's last access token must have expired.
const AGE_MAX: time::Duration = time::Duration::seconds(ACCESS_LIFETIME_SECONDS.cast_signed() + 60);
/// What was seen longer ago than this says nothing about now: no poll is answered from it.
const LOOK_AGE_MAX: Duration = Duration::from_secs(5);

/// What this instance saw at its last look.
struct Seen {
    sessions: Vec<Revoked>,
    /// By the database's clock.
    as_of: OffsetDateTime,
    looked_at: Instant,
}

#[derive(Clone, Copy)]
struct Revoked {
    session_id: SessionId,
    /// By the database's clock.
    revoked_at: OffsetDateTime,
    learned_at: Instant,
}

/// The list that this instance keeps. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Revocations {
    latest: watch::Receiver<Option<Seen>>,
    /// One for each poll that waits.
    places: Arc<Semaphore>,
}

impl Revocations {
    /// Looks until the last clone is dropped. `tokens` learns what is seen, as other services do.
    pub(crate) fn start(database: Database, tokens: TokenVerifier) -> Self {
        let (seen, latest) = watch::channel(None);
        tokio::spawn(keep_looking(database, tokens, seen));
        Self { latest, places: Arc::new(Semaphore::new(POLLS_MAX)) }
    }

    /// Answers as soon as there is a login that ended after `since` or that the poll before may
    /// have missed, and after [`REVOCATIONS_WAIT`] in any case. `None` if the table cannot be read.
    pub(crate) async fn poll(&self, since: Option<OffsetDateTime>) -> Option<RevokedSessions> {
        let mut latest = self.latest.clone();
        let arrived_at = Instant::now();
        let is_news = |seen: &Option<Seen>| {
            seen.as_ref()
                .is_some_and(|seen| since.is_none_or(|since| seen.has_news(since, arrived_at)))
        };
        // A poll too many is answered at once; its service asks again.
        if let Ok(_place) = self.places.try_acquire() {
            service::give_turn_back();
            // Once the wait is over, whatever is known is the answer.
            drop(timeout(REVOCATIONS_WAIT, latest.wait_for(is_news)).await);
        }
        latest.borrow().as_ref()?.answer(since)
    }
}

impl Seen {
    fn has_news(&self, since: OffsetDateTime, arrived_at: Instant) -> bool {
        let is_news = |session: &Revoked| {
            let was_learned_since = arrived_at.duration_since(session.learned_at) < NEWS_AGE;
            session.revoked_at > since || was_learned_since
        };
        self.sessions.iter().any(is_news)
    }

    fn answer(&self, since: Option<OffsetDateTime>) -> Option<RevokedSessions> {
        let from = since.map(|since| since.saturating_sub(VISIBLE_AFTER_MAX));
        let is_wanted = |session: &&Revoked| {
            let is_new = session.learned_at.elapsed() < TOLD_AGAIN;
            from.is_none_or(|from| is_new || session.revoked_at >= from)
        };
        let wanted = self.sessions.iter().filter(is_wanted).map(|session| session.session_id);
        let is_current = self.looked_at.elapsed() < LOOK_AGE_MAX;
        is_current.then(|| RevokedSessions { session_ids: wanted.collect(), as_of: self.as_of })
    }
}

async fn keep_looking(
    database: Database,
    tokens: TokenVerifier,
    seen: watch::Sender<Option<Seen>>,
) {
    let mut sessions: HashMap<SessionId, Revoked> = HashMap::new();
    let mut from = None;
    let mut looks: u32 = 0;
    while !seen.is_closed() {
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(FULL_LOOK_EVERY) {
            from = None;
        }
        if from.is_none() {
            step_up_policy::look(&database, &tokens).await;
        }
        match look(&database, from, &mut sessions).await {
            Ok(as_of) => {
                from = Some(as_of.saturating_sub(VISIBLE_AFTER_MAX));
                tokens.learn_revoked(sessions.keys().copied());
                let sessions = sessions.values().copied().collect();
                seen.send_replace(Some(Seen { sessions, as_of, looked_at: Instant::now() }));
            }
            Err(error) => {
                tracing::error!(causes = causes(&error), "cannot look for logins that ended");
            }
        }
        sleep(LOOK_INTERVAL).await;
    }
}

/// Adds what was revoked since `from` (without it, all that still matters) and forgets what is old.
/// Returns the time of the look by the database's clock.
async fn look(
    database: &Database,
    from: Option<OffsetDateTime>,
    sessions: &mut HashMap<SessionId, Revoked>,
) -> Result<OffsetDateTime, Error> {
    let mut conn = database.conn().await?;
    let as_of = store::find_time(&mut conn).await?;
    let from = from.unwrap_or_else(|| as_of.saturating_sub(AGE_MAX));
    let learned_at = Instant::now();
    for (session_id, revoked_at) in store::list_revoked_sessions(&mut conn, from).await? {
        let new = Revoked { session_id, revoked_at, learned_at };
        sessions.entry(session_id).or_insert(new);
    }
    let oldest = as_of.saturating_sub(AGE_MAX);
    sessions.retain(|_, session| session.revoked_at > oldest);
    Ok(as_of)
}
