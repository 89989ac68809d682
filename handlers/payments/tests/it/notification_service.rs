//! Stands in for the notification service within one test.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;
use warp::http::{HeaderMap, StatusCode};
use warp::reply::Response;
use warp::{Filter, Reply};

/// How it answers whoever asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    Unread(u64),
    UnreadAfter(Duration),
    Refuses(StatusCode),
    /// 200, and not what was asked for.
    Nonsense,
}

pub(crate) struct NotificationService {
    says: watch::Sender<Says>,
    /// What the last one who asked brought.
    asked: watch::Receiver<HeaderMap>,
    pub(crate) url: String,
}

impl NotificationService {
    /// On a free loopback port as long as the test's runtime lives.
    pub(crate) async fn start() -> Self {
        let (says, said) = watch::channel(Says::Unread(0));
        let (ask, asked) = watch::channel(HeaderMap::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1/notifications", listener.local_addr().unwrap());
        let count = warp::path!("api" / "v1" / "notifications" / "unread-count")
            .and(warp::get())
            .and(warp::header::headers_cloned())
            .then(move |headers| {
                ask.send_replace(headers);
                answer(*said.borrow())
            });
        tokio::spawn(warp::serve(count).incoming(listener).run());
        Self { says, asked, url }
    }

    pub(crate) fn say(&self, says: Says) {
        self.says.send_replace(says);
    }

    pub(crate) fn asked_with(&self, header: &str) -> String {
        let headers = self.asked.borrow();
        let value = headers.get(header).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }
}

async fn answer(says: Says) -> Response {
    let unread = |count: u64| warp::reply::json(&json!({"unread": count})).into_response();
    match says {
        Says::Unread(count) => unread(count),
        Says::UnreadAfter(wait) => {
            sleep(wait).await;
            unread(1)
        }
        Says::Refuses(status) => status.into_response(),
        Says::Nonsense => warp::reply::json(&json!({"unread": null})).into_response(),
    }
}
