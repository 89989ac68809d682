//! A person's inbox in one product: its pages, and the live stream (server-sent events).

use std::time::Duration;

use test_client::Mismatch;
use tokio::time::{sleep, timeout};

use crate::http;
use crate::phone::Session;
use crate::wire::Notification;
use crate::{Error, until};

/// How long a payment's notification may take through the outbox and the hub.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);
const STREAM: &str = "/api/v1/notifications/stream";

/// The inbox of a session's person and product.
#[derive(Debug)]
pub struct Inbox<'a>(pub(crate) &'a Session);

impl<'a> Inbox<'a> {
    /// Every notification, the newest first.
    ///
    /// # Errors
    /// As the calls.
    pub async fn all(&self) -> Result<Vec<Notification>, Error> {
        self.0.list("/api/v1/notifications").await
    }

    /// Waits until the notification of a payment, also between people, is there.
    ///
    /// # Errors
    /// `TooLate`, or as the calls.
    pub async fn wait_for(&self, id: &str) -> Result<Notification, Error> {
        let what = format!("a notification of {id}");
        until(&what, ARRIVAL_LIMIT, async || {
            let mut all = self.all().await?.into_iter();
            Ok(all.find(|notification| notification.is_about(id)))
        })
        .await
    }

    /// Waits until a notification of this type is there.
    ///
    /// # Errors
    /// `TooLate`, or as the calls.
    pub async fn wait_for_type(&self, notification_type: &str) -> Result<Notification, Error> {
        let what = format!("a notification of type {notification_type}");
        until(&what, ARRIVAL_LIMIT, async || {
            let mut all = self.all().await?.into_iter();
            Ok(all.find(|notification| notification.notification_type == notification_type))
        })
        .await
    }

    /// Opens the live stream.
    ///
    /// # Errors
    /// As the call.
    pub async fn stream(&self) -> Result<NotificationStream<'a>, Error> {
        let response = open(self.0, None).await?;
        let (unread, last_event_id, retry) = (Vec::new(), None, Duration::ZERO);
        Ok(NotificationStream { session: self.0, response, unread, last_event_id, retry })
    }
}

async fn open(session: &Session, last_event_id: Option<&str>) -> Result<reqwest::Response, Error> {
    let mut call = session.get(STREAM).header("accept", "text/event-stream");
    if let Some(id) = last_event_id {
        call = call.header("last-event-id", id);
    }
    let response = http::open(call).await?;
    let header = response.headers().get("content-type");
    let content_type = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    crate::same("the stream's type", &content_type, &"text/event-stream")?;
    Ok(response)
}

/// A live stream, which is opened again whenever it says `bye`.
#[derive(Debug)]
pub struct NotificationStream<'a> {
    session: &'a Session,
    response: reqwest::Response,
    /// What came and is not a whole frame yet; a chunk may end inside a character.
    unread: Vec<u8>,
    /// Where the next stream goes on.
    last_event_id: Option<String>,
    /// How long to wait before the next stream.
    retry: Duration,
}

impl NotificationStream<'_> {
    /// Waits for the notification of a payment, also between people; others before it are passed
    /// over.
    ///
    /// # Errors
    /// `TooLate`, `NoAnswer` when the stream breaks, `Mismatch` when it ends or has another form.
    pub async fn wait_for(&mut self, id: &str) -> Result<Notification, Error> {
        let what = format!("a live notification of {id}");
        let found = async {
            loop {
                let notification = self.next().await?;
                if notification.is_about(id) {
                    return Ok(notification);
                }
            }
        };
        let late = |_| Error::TooLate { what, limit: ARRIVAL_LIMIT };
        timeout(ARRIVAL_LIMIT, found).await.map_err(late)?
    }

    async fn next(&mut self) -> Result<Notification, Error> {
        loop {
            let frame = self.frame().await?;
            if let Some(retry) = &frame.retry {
                let retry = retry.parse().map_err(|_| mismatch("milliseconds", retry))?;
                self.retry = Duration::from_millis(retry);
            }
            if frame.id.is_some() {
                self.last_event_id.clone_from(&frame.id);
            }
            match frame.event.as_deref() {
                // Only where the stream begins, or that it lives.
                None => {}
                Some("notification") => return notification(&frame),
                Some("bye") => {
                    sleep(self.retry).await;
                    self.unread.clear();
                    self.response = open(self.session, self.last_event_id.as_deref()).await?;
                }
                // `reset` too: each id that is sent here came from a stream of this inbox.
                Some(other) => return Err(mismatch("a notification", other)),
            }
        }
    }

    async fn frame(&mut self) -> Result<Frame, Error> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let frame: Vec<u8> = self.unread.drain(..end.saturating_add(2)).collect();
                return Ok(Frame::read(&String::from_utf8_lossy(&frame)));
            }
            let failed = |source| Error::NoAnswer { what: STREAM.to_owned(), source };
            let chunk = self.response.chunk().await.map_err(failed)?;
            let chunk = chunk.ok_or_else(|| mismatch("more", "its end"))?;
            self.unread.extend_from_slice(&chunk);
        }
    }
}

/// What stands between two blank lines of a stream.
struct Frame {
    event: Option<String>,
    data: Option<String>,
    id: Option<String>,
    retry: Option<String>,
}

impl Frame {
    fn read(text: &str) -> Self {
        let field = |name| {
            text.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                (found == name).then(|| value.trim_start().to_owned())
            })
        };
        Self { event: field("event"), data: field("data"), id: field("id"), retry: field("retry") }
    }
}

/// The notification that a frame brings.
fn notification(frame: &Frame) -> Result<Notification, Error> {
    let data = frame.data.as_deref().unwrap_or_default();
    let notification: Notification = serde_json::from_str(data)
        .map_err(|error| mismatch(&format!("a notification ({error})"), data))?;
    let id = frame.id.as_deref();
    crate::same("the event's id", &id, &Some(notification.notification_id.as_str()))?;
    Ok(notification)
}

fn mismatch(expected: &str, came: &str) -> Error {
    let (expected, came) = (expected.to_owned(), came.to_owned());
    Mismatch { what: STREAM.to_owned(), expected, came }.into()
}
