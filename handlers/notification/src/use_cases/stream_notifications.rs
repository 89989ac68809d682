//! A person watches their notifications arrive.
//!
//! The database says what is new; an arrival only says when to ask it. So an announcement that got
//! lost is made good by the next heartbeat.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::{Stream, stream};
use service::causes;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::Instrument;
use values::NotificationId;
use warp::sse::Event;

use crate::arrivals::Listener;
use crate::domain::{Mailbox, Notification};
use crate::error::Error;
use crate::{App, store};

/// A stream says at least so often that it lives, and asks the database for what is new.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// A stream ends after this time and the client opens the next one, with a token of that time. It
/// is shorter than host.json's functionTimeout: an invocation that lasts so long costs the process
/// its life.
const STREAM_LIFETIME: Duration = Duration::from_secs(240);
/// Notifications read from the database at once.
const READ_LENGTH: usize = 50;
/// Events that wait for a slow client.
const QUEUE_LENGTH: usize = 1;

/// Streams what arrives from now on, or everything after `last_seen`.
pub(crate) async fn stream_notifications(
    app: App,
    mailbox: Mailbox,
    last_seen: Option<NotificationId>,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + Send + Sync, Error> {
    let listener = app.arrivals.listen(mailbox)?;
    let mut conn = app.pool.get_conn().await?;
    let position = match last_seen {
        Some(id) => {
            store::find_number(&mut conn, mailbox, id).await?.ok_or(Error::NoNotification)?
        }
        None => store::find_last_number(&mut conn, mailbox).await?,
    };
    drop(conn);
    let (client, events) = mpsc::channel(QUEUE_LENGTH);
    let follower = Follower { app, mailbox, position, client };
    tokio::spawn(timeout(STREAM_LIFETIME, follower.follow(listener)).in_current_span());
    Ok(stream::unfold(events, |mut events| async move {
        events.recv().await.map(|event| (Ok(event), events))
    }))
}

/// The client closed the stream.
struct Gone;

struct Follower {
    app: App,
    mailbox: Mailbox,
    /// The number of the last notification that the client was sent.
    position: u64,
    client: mpsc::Sender<Event>,
}

impl Follower {
    async fn follow(mut self, mut listener: Listener) -> Result<(), Gone> {
        let mut heartbeat = interval(HEARTBEAT_INTERVAL);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.tick().await;
        self.send_heartbeat().await?;
        loop {
            self.send_new().await?;
            tokio::select! {
                () = self.client.closed() => return Err(Gone),
                () = listener.arrival() => {}
                _ = heartbeat.tick() => self.send_heartbeat().await?,
            }
        }
    }

    /// Sends what is new. A database that fails is asked again at the next heartbeat.
    async fn send_new(&mut self) -> Result<(), Gone> {
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
                return Ok(());
            }
        }
    }

    async fn read(&self) -> Result<Vec<(u64, Event)>, mysql_async::Error> {
        let mut conn = self.app.pool.get_conn().await?;
        let lines = store::list_after(&mut conn, self.mailbox, self.position, READ_LENGTH).await?;
        lines.iter().map(|line| Ok((line.number, event(&line.notification)?))).collect()
    }

    async fn send_heartbeat(&self) -> Result<(), Gone> {
        self.send(Event::default().comment("heartbeat")).await
    }

    async fn send(&self, event: Event) -> Result<(), Gone> {
        self.client.send(event).await.map_err(|_| Gone)
    }
}

fn event(notification: &Notification) -> Result<Event, mysql_async::Error> {
    Event::default()
        .event("notification")
        .id(notification.notification_id)
        .json_data(notification)
        .map_err(|error| mysql_async::Error::Other(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
