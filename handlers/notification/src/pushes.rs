//! Sending what is to be pushed.
//!
//! A row is leased, so no two instances send it at once. A commit wakes the instance that made it,
//! a timer one of all. A killed instance's leases end, and what it may have sent without noting it
//! is sent again under its old id, by which a device shows it once. A hub that takes nothing is
//! left alone for a while; nobody but the pushes themselves waits for it, and they expire.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use service::database::Database;
use service::{Error, causes, retry_lock_conflicts};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::domain::{Mailbox, Push};
use crate::push_hub::{PushHub, Sent};
use crate::store::push_tokens;
use crate::store::pushes::{self, LeasedPush, PushDevice};

/// Rows that are leased at a time; and while the hub takes nothing.
const BATCH: usize = 64;
const PROBE: usize = 1;
/// Messages that the hub is sent at once by one instance.
const AT_ONCE: usize = 16;
/// No attempt begins later in a turn. With the longest attempt that is less than the lease.
const TURN_MAX: Duration = Duration::from_secs(20);
const LEASE: Duration = Duration::from_mins(1);
/// When what the hub did not take is due again, unless the hub says when.
const RETRY: Duration = Duration::from_secs(30);
/// How long a hub is left alone that takes nothing, unless it says for how long.
const REST: Duration = Duration::from_secs(1);
/// How long the sender waits after the database failed it.
const PAUSE: Duration = Duration::from_secs(1);
/// When the hub is asked what became of a message.
const CHECK_AFTER: Duration = Duration::from_mins(2);

/// The sender of this instance. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pushes(Arc<Inner>);

struct Inner {
    database: Database,
    hub: Arc<PushHub>,
    waits: Notify,
}

/// How a turn ended.
enum Turn {
    /// There may be more.
    GoesOn,
    /// Nothing more is due.
    IsOver,
    /// The hub takes nothing.
    Rests(Duration),
}

/// What became of one row's messages.
#[derive(Default)]
struct Course {
    attempts: usize,
    is_taken: bool,
    has_failed: bool,
}

/// What became of all messages of a turn.
struct Outcome<'a> {
    /// One of each row.
    courses: Vec<Course>,
    gone: Vec<&'a PushDevice>,
    /// With the hub's ids of the messages to them.
    to_check: Vec<(&'a PushDevice, String)>,
    rest: Option<Duration>,
}

impl Pushes {
    pub(crate) fn start(database: Database, hub: Arc<PushHub>) -> Self {
        let pushes = Self(Arc::new(Inner { database, hub, waits: Notify::new() }));
        tokio::spawn(pushes.clone().run());
        pushes
    }

    /// Lets it look for what is due.
    pub(crate) fn nudge(&self) {
        self.0.waits.notify_one();
    }

    async fn run(self) {
        let mut size = BATCH;
        loop {
            self.0.waits.notified().await;
            loop {
                match self.take_turn(size).await {
                    Ok(Turn::GoesOn) => size = BATCH,
                    Ok(Turn::IsOver) => break,
                    Ok(Turn::Rests(rest)) => {
                        // The alert *pushes-fail* looks for these words.
                        tracing::warn!(rest = rest.as_secs(), "the push hub takes nothing");
                        size = PROBE;
                        tokio::time::sleep(rest).await;
                    }
                    Err(error) => {
                        tracing::warn!(causes = causes(&error), "pushes wait");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        }
    }

    async fn take_turn(&self, size: usize) -> Result<Turn, Error> {
        let (since, lease_id) = (Instant::now(), Uuid::new_v4());
        let mut conn = self.0.database.conn().await?;
        let found = pushes::lease_due(&mut conn, lease_id, LEASE.as_secs(), size).await?;
        if found == 0 {
            return Ok(Turn::IsOver);
        }
        let leased = pushes::list_leased(&mut conn, lease_id).await?;
        let devices = pushes::list_devices(&mut conn, lease_id).await?;
        drop(conn);
        let mut of_mailbox: HashMap<Mailbox, Vec<PushDevice>> = HashMap::new();
        for (mailbox, device) in devices {
            of_mailbox.entry(mailbox).or_default().push(device);
        }
        let messages: Vec<Option<Message<'_>>> =
            leased.iter().map(|push| message(push, &of_mailbox)).collect();
        let outcome = self.send(&messages, since).await;
        retry_lock_conflicts(|| self.note(lease_id, &leased, &messages, &outcome)).await?;
        Ok(outcome.rest.map_or(Turn::GoesOn, Turn::Rests))
    }

    async fn send<'a>(&self, messages: &'a [Option<Message<'a>>], since: Instant) -> Outcome<'a> {
        let mut sendings = Vec::new();
        for (row, message) in messages.iter().enumerate() {
            let Some(message) = message else { continue };
            for device in message.devices {
                sendings.push(self.send_to(row, &message.push, device, since));
            }
        }
        let sent: Vec<Option<(usize, &PushDevice, Sent)>> =
            stream::iter(sendings).buffer_unordered(AT_ONCE).collect().await;
        Outcome::of(messages.len(), sent.into_iter().flatten())
    }

    /// None if the turn is over.
    async fn send_to<'a>(
        &self,
        row: usize,
        push: &Push,
        device: &'a PushDevice,
        since: Instant,
    ) -> Option<(usize, &'a PushDevice, Sent)> {
        if since.elapsed() > TURN_MAX {
            return None;
        }
        let sent = self.0.hub.send(push, device.platform, &device.push_token).await;
        Some((row, device, sent))
    }

    async fn note(
        &self,
        lease_id: Uuid,
        leased: &[LeasedPush],
        messages: &[Option<Message<'_>>],
        outcome: &Outcome<'_>,
    ) -> Result<(), Error> {
        let mut tx = self.0.database.begin().await?;
        for ((push, message), course) in leased.iter().zip(messages).zip(&outcome.courses) {
            if push.waiting == 0 {
                pushes::delete_push(&mut tx, lease_id, push).await?;
            } else if course.has_failed && !course.is_taken {
                let wait = outcome.rest.unwrap_or_default().max(RETRY);
                pushes::note_failed(&mut tx, lease_id, push, wait.as_secs()).await?;
            } else if message.is_some() && course.attempts == 0 {
                // The turn was over before.
                pushes::note_failed(&mut tx, lease_id, push, 0).await?;
            } else {
                pushes::note_sent(&mut tx, lease_id, push, course.is_taken).await?;
            }
        }
        for device in &outcome.gone {
            push_tokens::delete_gone(&mut tx, device.platform, &device.push_token).await?;
        }
        for (device, hub_message_id) in &outcome.to_check {
            let (platform, token) = (device.platform, &device.push_token);
            let wait = CHECK_AFTER.as_secs();
            push_tokens::save_check(&mut tx, token, platform, hub_message_id, wait).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What one row is to be told, and where.
struct Message<'a> {
    push: Push,
    devices: &'a [PushDevice],
}

/// None if nobody is to be told: it is too late, was read meanwhile, or there is no device now.
fn message<'a>(
    leased: &LeasedPush,
    devices: &'a HashMap<Mailbox, Vec<PushDevice>>,
) -> Option<Message<'a>> {
    let devices = devices.get(&leased.mailbox)?;
    let is_told = leased.waiting > 0 && leased.is_unread;
    let lifetime_seconds = leased.lifetime_seconds.filter(|_| is_told)?;
    let push = Push {
        kind: leased.kind.clone(),
        count: leased.waiting,
        notification_id: leased.notification_id,
        title: leased.title.clone(),
        language: leased.language,
        lifetime_seconds,
    };
    Some(Message { push, devices })
}

impl<'a> Outcome<'a> {
    fn of(rows: usize, sent: impl Iterator<Item = (usize, &'a PushDevice, Sent)>) -> Self {
        let mut courses: Vec<Course> = std::iter::repeat_with(Course::default).take(rows).collect();
        let (mut gone, mut to_check, mut wait) = (Vec::new(), Vec::new(), None);
        for (row, device, sent) in sent {
            let Some(course) = courses.get_mut(row) else { continue };
            course.attempts = course.attempts.saturating_add(1);
            match sent {
                Sent::Taken { hub_message_id } => {
                    course.is_taken = true;
                    to_check.extend(
                        hub_message_id.filter(|_| device.is_to_check).map(|id| (device, id)),
                    );
                }
                Sent::Gone => gone.push(device),
                Sent::Refused => tracing::warn!("the push hub refuses a push"),
                Sent::Failed { retry_after } => {
                    course.has_failed = true;
                    wait = wait.max(retry_after);
                }
            }
        }
        let takes_nothing = courses.iter().any(|course| course.has_failed)
            && !courses.iter().any(|course| course.is_taken);
        let rest = wait.or_else(|| takes_nothing.then_some(REST));
        Self { courses, gone, to_check, rest }
    }
}
