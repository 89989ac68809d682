//! A person's inbox in one product: its pages, and the live stream (server-sent events).

use std::time::Duration;

use tokio::time::timeout;

use crate::phone::Session;
use crate::wire::{Notification, NotificationPage};
use crate::{Error, until};

/// How long a payment's notification may take through the outbox and the hub.
const ARRIVAL_LIMIT: Duration = Duration::from_secs(20);
const STREAM: &str = "/api/v1/notifications/stream";

/// The inbox of a session's person and product.
#[derive(Debug)]
pub struct Inbox<'a>(pub(crate) &'a Session);

impl Inbox<'_> {
    /// Every notification, the newest first.
    ///
    /// # Errors
    /// As the calls.
    pub async fn all(&self) -> Result<Vec<Notification>, Error> {
        let mut all = Vec::new();
        let mut path = "/api/v1/notifications".to_owned();
        loop {
            let page: NotificationPage = self.0.get(&path).send().await?.expect(200)?.json()?;
            all.extend(page.notifications);
            let Some(next) = page.next else { return Ok(all) };
            path = format!("/api/v1/notifications?before={next}");
        }
    }

    /// Waits until a payment's notification is there.
    ///
    /// # Errors
    /// `TooLate`, or as the calls.
    pub async fn wait_for(&self, payment_id: &str) -> Result<Notification, Error> {
        let what = format!("a notification of {payment_id}");
        until(&what, ARRIVAL_LIMIT, async || {
            let mut all = self.all().await?.into_iter();
            Ok(all.find(|notification| notification.payment_id.as_deref() == Some(payment_id)))
        })
        .await
    }

    /// Opens the live stream.
    ///
    /// # Errors
    /// As the call.
    pub async fn stream(&self) -> Result<NotificationStream, Error> {
        let response = self.0.get(STREAM).header("accept", "text/event-stream").open().await?;
        let header = response.headers().get("content-type");
        let content_type = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        crate::same("the stream's type", &content_type, &"text/event-stream")?;
        Ok(NotificationStream { response, unread: Vec::new() })
    }
}

/// An open live stream.
#[derive(Debug)]
pub struct NotificationStream {
    response: reqwest::Response,
    /// What came and is not a whole event yet; a chunk may end inside a character.
    unread: Vec<u8>,
}

impl NotificationStream {
    /// Waits for the notification of a payment; others before it are passed over.
    ///
    /// # Errors
    /// `TooLate`, `NoAnswer` when the stream breaks, `Mismatch` when it ends or has another form.
    pub async fn wait_for(&mut self, payment_id: &str) -> Result<Notification, Error> {
        let what = format!("a live notification of {payment_id}");
        let found = async {
            loop {
                let notification = self.next().await?;
                if notification.payment_id.as_deref() == Some(payment_id) {
                    return Ok(notification);
                }
            }
        };
        let late = |_| Error::TooLate { what, limit: ARRIVAL_LIMIT };
        timeout(ARRIVAL_LIMIT, found).await.map_err(late)?
    }

    async fn next(&mut self) -> Result<Notification, Error> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end.saturating_add(2)).collect();
                if let Some(notification) = parse(&String::from_utf8_lossy(&event))? {
                    return Ok(notification);
                }
                continue;
            }
            let failed = |source| Error::NoAnswer { what: STREAM.to_owned(), source };
            let chunk = self.response.chunk().await.map_err(failed)?;
            let chunk = chunk.ok_or_else(|| mismatch("more", "its end"))?;
            self.unread.extend_from_slice(&chunk);
        }
    }
}

/// The notification of one server-sent event; `None` for a comment.
fn parse(event: &str) -> Result<Option<Notification>, Error> {
    let field = |name| {
        event.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            (found == name).then(|| value.trim_start())
        })
    };
    let Some(data) = field("data") else { return Ok(None) };
    let notification: Notification = serde_json::from_str(data)
        .map_err(|error| mismatch(&format!("a notification ({error})"), event))?;
    crate::same("the event's name", &field("event"), &Some("notification"))?;
    crate::same("the event's id", &field("id"), &Some(notification.notification_id.as_str()))?;
    Ok(Some(notification))
}

fn mismatch(expected: &str, came: &str) -> Error {
    Error::Mismatch {
        what: STREAM.to_owned(),
        expected: expected.to_owned(),
        came: came.to_owned(),
    }
}
