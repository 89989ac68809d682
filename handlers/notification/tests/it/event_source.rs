//! Reading streams as a browser's EventSource does.

use std::time::Duration;

use notification::{App, routes};
use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

/// Far below the interval at which an instance looks for what it was not told of.
pub(crate) const SOON: Duration = Duration::from_secs(1);
/// The browser waits so many times shorter than it is told, or the test would take minutes.
const HURRY: f64 = 100.0;

/// Serves an instance on a free port; returns its stream's URL.
pub(crate) async fn serve(app: &App) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = routes(app.clone());
    tokio::spawn(service::serve_on(listener, "notification", routes, std::future::pending()));
    format!("http://{address}/api/v1/notifications/stream")
}

/// What stands between two blank lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) event: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) retry: Option<Duration>,
}

impl Frame {
    fn read(block: &str) -> Self {
        let mut frame = Self::default();
        for (name, value) in block.lines().map(|line| line.split_once(':').unwrap()) {
            let value = value.trim_start().to_owned();
            match name {
                // A comment.
                "" => {}
                "event" => frame.event = Some(value),
                "data" => frame.data = Some(value),
                "id" => frame.id = Some(value),
                "retry" => frame.retry = Some(Duration::from_millis(value.parse().unwrap())),
                other => panic!("a field {other}"),
            }
        }
        frame
    }

    /// Whether this is an event of that name, as an EventSource would pass it to its page.
    pub(crate) fn is(&self, event: &str) -> bool {
        self.event.as_deref() == Some(event) && self.data.is_some()
    }
}

/// A notification that a stream delivered.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) body: String,
}

/// One open stream.
pub(crate) struct Stream {
    response: reqwest::Response,
    received: String,
    /// The first frame.
    pub(crate) opening: Frame,
}

impl Stream {
    /// Waits for the frame with which a stream begins.
    pub(crate) async fn open(url: &str, token: &str, last_seen: Option<&str>) -> Self {
        let mut request = reqwest::Client::new().get(url).bearer_auth(token);
        if let Some(id) = last_seen {
            request = request.header("last-event-id", id);
        }
        Self::of(request).await
    }

    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self { response, received: String::new(), opening: Frame::default() };
        stream.opening = stream.frame().await.unwrap();
        assert!(stream.opening.retry.unwrap() >= SOON, "{:?}", stream.opening);
        stream
    }

    /// The next frame; `None` at the stream's end.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((block, rest)) = self.received.split_once("\n\n") {
                let (frame, rest) = (Frame::read(block), rest.to_owned());
                self.received = rest;
                return Some(frame);
            }
            let bytes = self.response.chunk().await.unwrap()?;
            self.received.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// All that is left of a stream, which must end within `limit`.
    pub(crate) async fn rest(&mut self, limit: Duration) -> Vec<Frame> {
        let rest = async {
            let mut frames = Vec::new();
            while let Some(frame) = self.frame().await {
                frames.push(frame);
            }
            frames
        };
        timeout(limit, rest).await.unwrap()
    }

    /// The next notification.
    pub(crate) async fn line(&mut self, limit: Duration) -> Line {
        let event = async {
            loop {
                let frame = self.frame().await.unwrap();
                if frame.event.is_some() {
                    return frame;
                }
            }
        };
        let frame = timeout(limit, event).await.unwrap();
        assert!(frame.is("notification"), "{frame:?}");
        let data: Value = serde_json::from_str(&frame.data.unwrap()).unwrap();
        let id = frame.id.unwrap();
        assert_eq!(data["notification_id"], *id);
        Line { id, body: data["body"].as_str().unwrap().to_owned() }
    }
}

/// What a page saw through its EventSource.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) notifications: Vec<String>,
    /// The names of all other events.
    pub(crate) other_events: Vec<String>,
}

/// A browser's EventSource: it comes back after each end, until it has seen `count` notifications.
pub(crate) async fn watch(url: &str, token: &str, count: usize) -> Seen {
    let (mut seen, mut last_event_id) = (Seen::default(), None::<String>);
    loop {
        let mut stream = Stream::open(url, token, last_event_id.as_deref()).await;
        let mut retry = Duration::ZERO;
        let mut next = Some(std::mem::take(&mut stream.opening));
        while let Some(frame) = next {
            retry = frame.retry.map_or(retry, |retry| retry.div_f64(HURRY));
            if frame.is("notification") {
                seen.notifications.push(frame.id.clone().unwrap());
            } else if let Some(event) = frame.event {
                seen.other_events.push(event);
            }
            last_event_id = frame.id.or(last_event_id);
            if seen.notifications.len() >= count {
                return seen;
            }
            next = stream.frame().await;
        }
        sleep(retry).await;
    }
}
