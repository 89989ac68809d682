//! A person watches their notifications arrive.
//!
//! The database says what is new; `arrivals` only says when to ask it. While nothing happens, a
//! stream asks nothing.

use std::convert::Infallible;
use std::time::Duration;

use service::{Caller, Error, causes};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep, timeout};
use tracing::Instrument;
use values::{Product, SessionId};
use warp::sse::Event;

use crate::arrivals::{Known, Passing};
use crate::domain::Mailbox;
use crate::event_stream::{self, EventStream, Retry};
use crate::last_event_id::LastEventId;
use crate::{App, store};

/// How often a stream shows that it is alive, and reads again what the database could not give.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How often a stream checks whether its login has ended, even while its client reads nothing.
const LOGIN_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// A stream ends after this time, and its client opens the next one with the token that it has by
/// then. It is shorter than host.json's functionTimeout: an invocation that lasts that long
/// costs the process its life.
const STREAM_LIFETIME: Duration = Duration::from_secs(240);
/// How long the last frame waits for a client that does not read.
const BYE_WAIT: Duration = Duration::from_secs(1);
/// Notifications read from the database at once: the most that is kept for a client that does not
/// read.
const READ_LENGTH: usize = 50;
/// Events that wait for a slow client.
const QUEUE_LENGTH: usize = 1;

/// Streams what arrives from now on, or everything after `last_event_id`.
pub(crate) async fn stream_notifications(
    app: App,
    caller: Caller,
    last_event_id: LastEventId,
) -> Result<EventStream, Error> {
    let (client, events) = mpsc::channel(QUEUE_LENGTH);
    let (mailbox, session_id) = (Mailbox::of(&caller), caller.session_id);
    let follower = Follower { app, mailbox, session_id, position: 0, is_behind: false, client };
    tokio::spawn(follower.serve(last_event_id).in_current_span());
    Ok(EventStream(events))
}

/// How a stream ends.
enum End {
    /// The client is told to come back.
    Bye(Retry),
    /// Nothing more is said: the client has gone, or its login has ended.
    Silent,
}

struct Follower {
    app: App,
    mailbox: Mailbox,
    session_id: SessionId,
    /// The number of the last notification that the client was sent.
    position: u64,
    /// There may be notifications after it.
    is_behind: bool,
    client: mpsc::Sender<Event>,
}

impl Follower {
    async fn serve(self, last_event_id: LastEventId) {
        let client = self.client.clone();
        if let End::Bye(retry) = self.end(last_event_id).await {
            // A client that does not read this still sees the stream end, and comes back as well.
            let _unread = timeout(BYE_WAIT, client.send(event_stream::bye(retry))).await;
        }
    }

    async fn end(mut self, last_event_id: LastEventId) -> End {
        let Some(mut listener) = self.app.arrivals.listen(self.mailbox) else {
            return End::Bye(Retry::Later);
        };
        listener.wait_to_hear().await;
        let (client, app) = (self.client.clone(), self.app.clone());
        let session_id = self.session_id;
        let Err(end) = tokio::select! {
            end = self.follow(last_event_id, &mut listener.known, &mut listener.passing) => end,
            end = watch_login(&app, session_id) => end,
            _ = &mut listener.displaced => Err(End::Bye(Retry::Later)),
            () = sleep(STREAM_LIFETIME) => Err(End::Bye(Retry::Soon)),
            () = client.closed() => Err(End::Silent),
        };
        end
    }

    async fn follow(
        &mut self,
        last_event_id: LastEventId,
        known: &mut watch::Receiver<Known>,
        passing: &mut broadcast::Receiver<Passing>,
    ) -> Result<Infallible, End> {
        // What is announced after this may be missing where the stream finds its place.
        let mut announced = known.borrow_and_update().announced;
        let opening = self.open(last_event_id).await.map_err(|error| {
            tracing::warn!(causes = causes(&error), "a stream cannot find its place");
            End::Bye(Retry::Later)
        })?;
        self.send(opening).await?;
        let first = Instant::now().checked_add(HEARTBEAT_INTERVAL).ok_or(End::Silent)?;
        let mut heartbeat = interval_at(first, HEARTBEAT_INTERVAL);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.is_behind {
                self.send_new().await?;
            }
            tokio::select! {
                // Fails only if the channel is gone, which stays as long as it has a listener.
                _always_there = known.changed() => {
                    let now = *known.borrow_and_update();
                    self.is_behind |= now.announced != announced || now.newest > self.position;
                    announced = now.announced;
                }
                // A stream that was too slow misses some, and nothing that is kept.
                Ok(passing) = passing.recv() => {
                    let shown = event_stream::passing(&passing).map_err(|_| End::Silent)?;
                    self.send(shown).await?;
                }
                _ = heartbeat.tick() => self.send(event_stream::heartbeat()).await?,
            }
        }
    }

    /// Finds the stream's place in the mailbox: after what the client saw last, or at the end.
    async fn open(&mut self, last_event_id: LastEventId) -> Result<Event, mysql_async::Error> {
        let mut conn = self.app.database.conn().await?;
        let place = match last_event_id {
            LastEventId::Absent | LastEventId::Unreadable => None,
            LastEventId::Beginning => Some((0, None, true)),
            LastEventId::Notification(id) => {
                let place = store::find_place(&mut conn, self.mailbox, id).await?;
                place.map(|(number, last)| (number, Some(id), number < last))
            }
        };
        if let Some((number, id, is_behind)) = place {
            (self.position, self.is_behind) = (number, is_behind);
            let opening = event_stream::opening(id);
            // What passed while there was no stream is not known.
            let has_feed = self.mailbox.product == Product::Consumer;
            return Ok(if has_feed { event_stream::feed(opening) } else { opening });
        }
        let newest = store::find_newest(&mut conn, self.mailbox).await?;
        self.position = newest.map_or(0, |(number, _)| number);
        let opening = event_stream::opening(newest.map(|(_, id)| id));
        let is_new = last_event_id == LastEventId::Absent;
        Ok(if is_new { opening } else { event_stream::reset(opening) })
    }

    /// Sends what is new. A database that fails is asked again at the next arrival or heartbeat:
    /// the stream stays behind.
    async fn send_new(&mut self) -> Result<(), End> {
        loop {
            let lines = match self.read().await {
                Ok(lines) => lines,
                Err(error) => {
                    tracing::warn!(causes = causes(&error), "a stream cannot read what is new");
                    return Ok(());
                }
            };
            let is_all = lines.len() < READ_LENGTH;
            for (number, event) in lines {
                self.send(event).await?;
                self.position = number;
            }
            if is_all {
                self.is_behind = false;
                return Ok(());
            }
        }
    }

    async fn read(&self) -> Result<Vec<(u64, Event)>, Error> {
        let mut conn = self.app.database.conn().await?;
        let lines = store::list_after(&mut conn, self.mailbox, self.position, READ_LENGTH).await?;
        let event = |line: &store::Line| {
            let event = event_stream::notification(&line.notification);
            Ok((line.number, event.map_err(Error::internal)?))
        };
        lines.iter().map(event).collect()
    }

    async fn send(&self, event: Event) -> Result<(), End> {
        check_login(&self.app, self.session_id).await?;
        self.client.send(event).await.map_err(|_| End::Silent)
    }
}

/// Returns once the login has ended, or cannot be checked.
async fn watch_login(app: &App, session_id: SessionId) -> Result<Infallible, End> {
    let mut check = interval(LOGIN_CHECK_INTERVAL);
    loop {
        check.tick().await;
        check_login(app, session_id).await?;
    }
}

/// Ends the stream unless its login is known to be alive: otherwise nothing more may be sent.
async fn check_login(app: &App, session_id: SessionId) -> Result<(), End> {
    match app.tokens.is_revoked(session_id).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(End::Silent),
        Err(_undecidable) => Err(End::Bye(Retry::Later)),
    }
}

#[cfg(test)]
mod tests {
    use testkit::{
        Call, Device, FreshDatabase, InProcess, TokenIssuer, redis_account_at, vault_credential,
        vault_url,
    };
    use values::UserId;

    use super::*;
    use crate::{Config, PushHubAccount, migrations, routes};

    /// The text of a stream that ends at once, from an app with this database; with `is_full` all
    /// of the app's places are taken.
    async fn opened(mysql_url: String, is_full: bool) -> String {
        let issuer = TokenIssuer::start().await;
        let auth_url = issuer.auth_url.clone();
        let redis = redis_account_at("redis://127.0.0.1:9".to_owned());
        let (vault_url, vault_credential) = (vault_url(), vault_credential());
        let push_hub =
            PushHubAccount { url: "http://127.0.0.1:9/phones".to_owned(), key: "x".to_owned() };
        let config = Config { mysql_url, auth_url, redis, vault_url, vault_credential, push_hub };
        let app = App::start(config).unwrap();
        let mailbox = || Mailbox { user_id: UserId::new(), product: Product::Consumer };
        let places = std::iter::from_fn(|| app.arrivals.listen(mailbox()).filter(|_| is_full));
        let _places: Vec<_> = places.collect();
        let token = issuer.token(UserId::new(), Product::Consumer, &Device::new());
        let call = Call::get("/api/v1/notifications/stream").bearer(&token);
        let answer = call.send(&routes(app.clone())).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
        answer.text()
    }

    #[tokio::test]
    async fn a_stream_without_a_place_or_a_database_opens_and_says_later() {
        let fresh = FreshDatabase::new(migrations()).await;
        let nowhere = "mysql://user:password@127.0.0.1:9/nowhere".to_owned();
        for text in [opened(fresh.url, true).await, opened(nowhere, false).await] {
            let retry = text.strip_prefix("event:bye\ndata:{}\nretry:").unwrap();
            let retry_ms: u64 = retry.trim_end().parse().unwrap();
            assert!((15_000..=30_000).contains(&retry_ms), "{text}");
        }
    }

    #[test]
    fn a_stream_ends_before_the_host_would_end_its_function() {
        let host: serde_json::Value =
            serde_json::from_str(include_str!("../../../../host.json")).unwrap();
        let limit = host["functionTimeout"].as_str().unwrap();
        let units: Vec<u64> = limit.split(':').map(|unit| unit.parse().unwrap()).collect();
        let [hours, minutes, seconds] = units[..] else { panic!("{limit}") };
        assert!(STREAM_LIFETIME < Duration::from_secs((hours * 60 + minutes) * 60 + seconds));
    }
}
