//! What a client says about its previous stream (`Last-Event-ID`).

use serde_json::json;
use service::header::{AmbiguousHeader, single};
use service::{Input, InputFilter, Operation};
use values::NotificationId;
use warp::Filter;
use warp::http::header::HeaderMap;

const HEADER: &str = "last-event-id";
/// The id of the place before a mailbox's first notification.
pub(crate) const BEGINNING: &str = "0";

/// How far a client's last stream got. No value is refused: an EventSource that meets a refusal
/// never comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastEventId {
    /// There was no stream yet.
    Absent,
    /// Before the mailbox's first notification.
    Beginning,
    /// At this notification.
    Notification(NotificationId),
    /// It cannot be understood.
    Unreadable,
}

impl LastEventId {
    fn of(headers: &HeaderMap) -> Self {
        match single(headers, HEADER) {
            Ok(None) => Self::Absent,
            Ok(Some(BEGINNING)) => Self::Beginning,
            Ok(Some(id)) => id.parse().map_or(Self::Unreadable, Self::Notification),
            Err(AmbiguousHeader) => Self::Unreadable,
        }
    }
}

impl Input for LastEventId {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(json!({
            "name": "Last-Event-ID",
            "in": "header",
            "required": false,
            "description": "The id that the stream before gave last; this stream goes on after it. \
                If that cannot be, the stream begins with the event `reset`.",
            "schema": {"type": "string"},
        }));
        warp::header::headers_cloned().map(|headers: HeaderMap| Self::of(&headers)).boxed()
    }
}

#[cfg(test)]
mod tests {
    use warp::http::header::HeaderValue;

    use super::*;

    #[test]
    fn a_last_event_id_is_one_place_in_a_mailbox_or_unreadable() {
        let id = NotificationId::new();
        let text = &*id.to_string();
        for (lines, expected) in [
            (&[][..], LastEventId::Absent),
            (&["0"], LastEventId::Beginning),
            (&[text], LastEventId::Notification(id)),
            (&[text, text], LastEventId::Unreadable),
            (&["0", text], LastEventId::Unreadable),
            (&[""], LastEventId::Unreadable),
            (&["1"], LastEventId::Unreadable),
            (&["usr_01h455vb4pex5vsknk084sn02q"], LastEventId::Unreadable),
            (&["大"], LastEventId::Unreadable),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(HEADER, HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            assert_eq!(LastEventId::of(&headers), expected, "{lines:?}");
        }
    }
}
