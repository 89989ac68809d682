//! What wakes a stream: whichever instance delivers to a mailbox announces it on the mailbox's
//! Redis channel, and each instance listens to the channels of its own streams.
//!
//! An instance has one subscribed connection for all of its streams, and looks once for all of them
//! how far their mailboxes are: what Redis lost is shown at the next look. So a stream to which
//! nothing happens asks the database nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use redis::aio::{PubSub, PubSubSink};
use redis::{Msg, RedisError};
use serde::{Deserialize, Serialize};
use service::causes;
use service::database::Database;
use service::redis::{Connection, Redis};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast, oneshot, watch};
use tokio::time::error::Elapsed;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use values::{ConversationId, UserId};

use crate::domain::Mailbox;
use crate::store;

/// Streams that one instance keeps open.
const STREAMS_MAX: usize = 1_000;
/// How many of them one mailbox may have, so that nobody can take them all.
const STREAMS_PER_MAILBOX_MAX: usize = 5;
/// Of what passes, as much waits for a stream that is slow; it misses the oldest.
const PASSING_LENGTH: usize = 8;
/// Messages that go to Redis together.
const SHOWN_AT_ONCE: usize = 500;
/// How often an instance that has streams looks for what it was not told of.
const LOOK_INTERVAL: Duration = Duration::from_secs(15);
/// People whose mailboxes one statement looks at.
const LOOK_LENGTH: usize = 500;
/// How long a new stream waits for its subscription before it reads its place without one.
const SUBSCRIBE_WAIT: Duration = Duration::from_millis(500);
/// Deliveries wait for Redis no longer than this.
const ANNOUNCE_TIMEOUT: Duration = Duration::from_millis(500);
/// How long Redis may take to connect or answer before a subscribed connection is given up.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a subscribed connection that hears nothing is tested.
const PING_INTERVAL: Duration = Duration::from_secs(15);
/// The wait before the connection is made again; doubles from the one to the other.
const RECONNECT_PAUSE_MIN: Duration = Duration::from_millis(200);
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(10);

/// This instance's end of the announcements. Cheap to clone; all clones share one connection.
#[derive(Clone)]
pub(crate) struct Arrivals(Arc<Inner>);

struct Inner {
    publisher: Connection,
    places: Arc<Semaphore>,
    channels: Mutex<HashMap<String, Channel>>,
    /// The number of the next listener, whatever its channel: no two ever have the same.
    next_number: AtomicU64,
    /// A channel was added or removed.
    changed: Notify,
    /// There is no subscribed connection.
    is_deaf: AtomicBool,
    /// Announcements may have been missed.
    missed: Notify,
}

/// A mailbox that has streams here.
struct Channel {
    mailbox: Mailbox,
    /// By number, oldest first. Removing one displaces it.
    listeners: BTreeMap<u64, oneshot::Sender<Infallible>>,
    known: watch::Sender<Known>,
    passing: broadcast::Sender<Passing>,
}

/// What an instance knows of a mailbox without reading it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    /// How many announcements it has heard.
    pub(crate) announced: u64,
    /// The number of the newest notification, as far as it has looked.
    pub(crate) newest: u64,
    /// Whether it hears what is announced.
    is_heard: bool,
}

/// What passes and is nowhere kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Passing {
    Typing(Typing),
    /// The person's feed is another than before. The field tells the form from others.
    Feed {
        /// True.
        is_feed_changed: bool,
    },
}

/// Somebody types in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Typing {
    pub(crate) conversation_id: ConversationId,
    pub(crate) user_id: UserId,
}

/// A stream's place, free again once this is dropped.
pub(crate) struct Listener {
    arrivals: Arrivals,
    channel: String,
    number: u64,
    pub(crate) known: watch::Receiver<Known>,
    /// What a stream that is there sees.
    pub(crate) passing: broadcast::Receiver<Passing>,
    /// Ends when newer streams of the same mailbox have taken all of its places.
    pub(crate) displaced: oneshot::Receiver<Infallible>,
    _place: OwnedSemaphorePermit,
}

/// Why the subscribed connection ended.
#[derive(Debug, thiserror::Error)]
enum ListenError {
    #[error("Redis failed")]
    Redis(#[from] RedisError),
    #[error("Redis did not answer in {ANSWER_TIMEOUT:?}")]
    Timeout(#[from] Elapsed),
    #[error("Redis closed the connection")]
    Closed,
}

impl Arrivals {
    /// Connects in the background, and again whenever the connection ends.
    pub(crate) fn start(redis: Redis, database: Database) -> Self {
        let inner = Arc::new(Inner {
            publisher: redis.connection(),
            places: Arc::new(Semaphore::new(STREAMS_MAX)),
            channels: Mutex::default(),
            next_number: AtomicU64::new(0),
            changed: Notify::new(),
            is_deaf: AtomicBool::new(true),
            missed: Notify::new(),
        });
        tokio::spawn(Arc::clone(&inner).keep_listening(redis));
        tokio::spawn(Arc::clone(&inner).keep_looking(database));
        Self(inner)
    }

    /// The connection that announcements go out on.
    pub(crate) fn publisher(&self) -> Connection {
        self.0.publisher.clone()
    }

    /// Tells every instance of deliveries to these mailboxes. A failure is only logged: each
    /// instance looks by itself.
    pub(crate) async fn announce(&self, mailboxes: &[Mailbox]) {
        let channels: BTreeSet<String> = mailboxes.iter().map(channel).collect();
        self.publish(channels.into_iter().map(|channel| (channel, String::new()))).await;
    }

    /// Shows it to the streams of these mailboxes. What Redis loses nobody sees.
    pub(crate) async fn show(&self, passing: &[(Mailbox, Passing)]) {
        let payload = |(mailbox, passing): &(Mailbox, Passing)| {
            Some((channel(mailbox), serde_json::to_string(passing).ok()?))
        };
        for part in passing.chunks(SHOWN_AT_ONCE) {
            self.publish(part.iter().filter_map(payload)).await;
        }
    }

    /// A message without a payload announces; an older instance takes every message for one.
    async fn publish(&self, messages: impl Iterator<Item = (String, String)>) {
        let mut announcements = redis::pipe();
        for (channel, payload) in messages {
            announcements.publish(channel, payload).ignore();
        }
        if announcements.is_empty() {
            return;
        }
        let mut publisher = self.publisher();
        let sent = async {
            // The first command after an outage of Redis only brings the connection back.
            match announcements.query_async::<()>(&mut publisher).await {
                Ok(()) => Ok(()),
                Err(_) => announcements.query_async(&mut publisher).await,
            }
        };
        match timeout(ANNOUNCE_TIMEOUT, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(causes = causes(&error), "cannot announce"),
            Err(_elapsed) => tracing::warn!("Redis did not take announcements in time"),
        }
    }

    /// A place among the listeners to a mailbox. If all of the mailbox's places are taken, the
    /// oldest listener makes room: whoever opens a stream is there, and whoever holds the oldest
    /// may be gone. `None` if the instance has no place left.
    pub(crate) fn listen(&self, mailbox: Mailbox) -> Option<Listener> {
        let place = Arc::clone(&self.0.places).try_acquire_owned().ok()?;
        let name = channel(&mailbox);
        let mut channels = self.0.channels();
        let channel = channels.entry(name.clone()).or_insert_with(|| Channel {
            mailbox,
            listeners: BTreeMap::new(),
            known: watch::Sender::default(),
            passing: broadcast::Sender::new(PASSING_LENGTH),
        });
        if channel.listeners.len() >= STREAMS_PER_MAILBOX_MAX {
            channel.listeners.pop_first();
        }
        let number = self.0.next_number.fetch_add(1, Ordering::Relaxed);
        let (sender, displaced) = oneshot::channel();
        channel.listeners.insert(number, sender);
        let (known, passing) = (channel.known.subscribe(), channel.passing.subscribe());
        self.0.changed.notify_one();
        let arrivals = self.clone();
        Some(Listener { arrivals, channel: name, number, known, passing, displaced, _place: place })
    }
}

impl Listener {
    /// Returns once announcements are heard: what is read afterwards, and what is announced from
    /// then on, is everything. Without a connection it returns at once, since the instance looks as
    /// soon as it has one; a subscription that takes long leaves what comes meanwhile to a look.
    pub(crate) async fn wait_to_hear(&mut self) {
        // It is cleared before the connection's first subscriptions are chosen under the lock under
        // which this listener was added: whoever still sees it set is among them.
        if !self.arrivals.0.is_deaf.load(Ordering::Relaxed) {
            let heard = self.known.wait_for(|known| known.is_heard);
            let _or_looked_for = timeout(SUBSCRIBE_WAIT, heard).await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut channels = self.arrivals.0.channels();
        let Some(channel) = channels.get_mut(&self.channel) else { return };
        channel.listeners.remove(&self.number);
        if channel.listeners.is_empty() {
            channels.remove(&self.channel);
            self.arrivals.0.changed.notify_one();
        }
    }
}

impl Inner {
    fn channels(&self) -> MutexGuard<'_, HashMap<String, Channel>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_listening(self: Arc<Self>, redis: Redis) {
        let mut pause = RECONNECT_PAUSE_MIN;
        loop {
            let error = match timeout(ANSWER_TIMEOUT, redis.listener()).await {
                Ok(Ok(connection)) => {
                    pause = RECONNECT_PAUSE_MIN;
                    let Err(error) = self.hear(connection).await;
                    error
                }
                Ok(Err(error)) => error.into(),
                Err(elapsed) => elapsed.into(),
            };
            tracing::warn!(causes = causes(&error), "arrivals are not heard");
            self.is_deaf.store(true, Ordering::Relaxed);
            for channel in self.channels().values() {
                channel.known.send_if_modified(|known| {
                    known.is_heard = false;
                    // No stream has anything to do now.
                    false
                });
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(RECONNECT_PAUSE_MAX);
        }
    }

    async fn hear(&self, connection: PubSub) -> Result<Infallible, ListenError> {
        let (mut commands, mut messages) = connection.split();
        self.is_deaf.store(false, Ordering::Relaxed);
        let mut subscribed = self.subscribe(&mut commands, HashSet::new()).await?;
        self.missed.notify_one();
        loop {
            tokio::select! {
                message = messages.next() => {
                    self.note(&message.ok_or(ListenError::Closed)?);
                }
                () = self.changed.notified() => {
                    subscribed = self.subscribe(&mut commands, subscribed).await?;
                }
                () = sleep(PING_INTERVAL) => {
                    timeout(ANSWER_TIMEOUT, commands.ping::<()>()).await??;
                }
            }
        }
    }

    /// Makes the subscriptions those that the streams need, and returns them.
    async fn subscribe(
        &self,
        commands: &mut PubSubSink,
        subscribed: HashSet<String>,
    ) -> Result<HashSet<String>, ListenError> {
        let wanted: HashSet<String> = self.channels().keys().cloned().collect();
        let new: Vec<&String> = wanted.difference(&subscribed).collect();
        if !new.is_empty() {
            timeout(ANSWER_TIMEOUT, commands.subscribe(&new)).await??;
        }
        self.mark_heard(&wanted);
        let left: Vec<&String> = subscribed.difference(&wanted).collect();
        if !left.is_empty() {
            timeout(ANSWER_TIMEOUT, commands.unsubscribe(&left)).await??;
        }
        Ok(wanted)
    }

    /// Also those that were left and taken again before `subscribe` saw it.
    fn mark_heard(&self, names: &HashSet<String>) {
        let channels = self.channels();
        for channel in names.iter().filter_map(|name| channels.get(name)) {
            channel.known.send_if_modified(|known| !std::mem::replace(&mut known.is_heard, true));
        }
    }

    fn note(&self, message: &Msg) {
        let channels = self.channels();
        let Some(channel) = channels.get(message.get_channel_name()) else { return };
        if let Ok(passing) = serde_json::from_slice(message.get_payload_bytes()) {
            // Nobody may listen any more.
            drop(channel.passing.send(passing));
        } else {
            channel.known.send_modify(|known| known.announced = known.announced.wrapping_add(1));
        }
    }

    async fn keep_looking(self: Arc<Self>, database: Database) {
        let mut look = interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                () = self.missed.notified() => {}
            }
            match timeout(LOOK_INTERVAL, self.look(&database)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(causes = causes(&error), "cannot look"),
                Err(_elapsed) => tracing::warn!("the database did not show in time what is new"),
            }
        }
    }

    /// Tells the streams whose mailboxes have grown since the instance last looked.
    async fn look(&self, database: &Database) -> Result<(), mysql_async::Error> {
        let people = |channels: &HashMap<String, Channel>| -> BTreeSet<UserId> {
            channels.values().map(|channel| channel.mailbox.user_id).collect()
        };
        let people: Vec<UserId> = people(&self.channels()).into_iter().collect();
        for people in people.chunks(LOOK_LENGTH) {
            let mut conn = database.conn().await?;
            let numbers = store::list_last_numbers(&mut conn, people.iter().copied()).await?;
            let channels = self.channels();
            for (mailbox, number) in numbers {
                let Some(channel) = channels.get(&channel(&mailbox)) else { continue };
                channel.known.send_if_modified(|known| {
                    let has_grown = number > known.newest;
                    known.newest = known.newest.max(number);
                    has_grown
                });
            }
        }
        Ok(())
    }
}

/// The Redis channel of a mailbox.
fn channel(mailbox: &Mailbox) -> String {
    format!("notification:arrivals:{}:{}", mailbox.product.code(), mailbox.user_id)
}

#[cfg(test)]
mod tests;
