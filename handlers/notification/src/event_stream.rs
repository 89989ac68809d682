//! What a stream says, and the answer that carries it.
//!
//! An EventSource comes back by itself after a stream that ended, but never after a status other
//! than 200. So every stream of a signed-in caller opens, and tells its client what to do by its
//! events. Those whose name says everything have an empty object as data: an EventSource drops an
//! event without data.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::stream;
use serde_json::json;
use service::{Answer, Operation};
use tokio::sync::mpsc;
use values::NotificationId;
use warp::Reply;
use warp::http::StatusCode;
use warp::reply::Response;
use warp::sse::Event;

use crate::arrivals::Passing;
use crate::domain::Notification;
use crate::last_event_id::BEGINNING;

/// The least time after which a client comes back, if nothing is wrong.
const RETRY_SOON: Duration = Duration::from_secs(1);
/// The same for a client that has too many streams or finds no place, and while the database or the
/// state of its login cannot be read.
const RETRY_LATER: Duration = Duration::from_secs(15);

/// When a client is to come back after its stream has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Retry {
    Soon,
    Later,
}

impl Retry {
    /// Between the least time and twice that, at random: clients whose streams end together must
    /// not return together.
    fn after(self) -> Duration {
        let least = match self {
            Self::Soon => RETRY_SOON,
            Self::Later => RETRY_LATER,
        };
        least.saturating_add(least.mul_f64(fastrand::f64()))
    }
}

/// The first frame. Its id is where the stream begins: a client that is cut off before its first
/// notification comes back to this place. An EventSource keeps an id even without an event.
pub(crate) fn opening(newest: Option<NotificationId>) -> Event {
    let id = newest.map_or_else(|| BEGINNING.to_owned(), |id| id.to_string());
    Event::default().id(id).retry(Retry::Soon.after())
}

/// The client cannot be told what it missed, so it has to read its lists again.
pub(crate) fn reset(opening: Event) -> Event {
    opening.event("reset").data("{}")
}

/// The last frame: the client opens its next stream.
pub(crate) fn bye(retry: Retry) -> Event {
    Event::default().event("bye").data("{}").retry(retry.after())
}

/// Shows that the stream is alive.
pub(crate) fn heartbeat() -> Event {
    Event::default().comment("heartbeat")
}

/// Something arrived.
pub(crate) fn notification(notification: &Notification) -> Result<Event, serde_json::Error> {
    Event::default()
        .event("notification")
        .id(notification.notification_id.to_string())
        .json_data(notification)
}

/// What passes. Without an id, so that a client comes back to what it saw last.
pub(crate) fn passing(passing: &Passing) -> Result<Event, serde_json::Error> {
    match passing {
        Passing::Typing(typing) => Event::default().event("typing").json_data(typing),
        Passing::Feed { .. } => Ok(feed(Event::default())),
    }
}

/// The feed is another than before, or may be: the client reads its first page again.
pub(crate) fn feed(event: Event) -> Event {
    event.event("feed").data("{}")
}

/// 200 with server-sent events, until their sender is dropped.
pub(crate) struct EventStream(pub(crate) mpsc::Receiver<Event>);

impl Answer for EventStream {
    fn describe(operation: &mut Operation) {
        let description = "Server-sent events. `notification`: a Notification as data, its id as \
            id. `typing`: `user_id` types in `conversation_id`; forget it after six seconds, or \
            once they have said something. `feed`: what friends show is another than before, or \
            may be, since this stream goes on after one that ended; whoever shows the feed reads \
            its first page again. `reset`: what came since Last-Event-ID cannot be \
            told, so read the lists again. `bye`: the stream ends; open the next one after \
            `retry`, as an EventSource does.";
        let schema = json!({"type": "string", "description": description});
        operation.answer(StatusCode::OK, json!({"text/event-stream": {"schema": schema}}));
    }

    fn into_response(self) -> Response {
        let events = stream::unfold(self.0, |mut events| async move {
            events.recv().await.map(|event| (Ok::<_, Infallible>(event), events))
        });
        warp::sse::reply(events).into_response()
    }
}
