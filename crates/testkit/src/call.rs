//! Calling a service's routes as its clients and the Functions host do, without a socket.

use std::time::Duration;

use events::Envelope;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use service::Routes;
use test_client::{Answer, Call};
use tokio::time::{Instant, sleep};

use crate::invocation::{batch, invocation};

/// No machine is so busy that it serves a call later.
const SERVED_WITHIN: Duration = Duration::from_mins(2);
/// Before a call is sent again.
const PAUSE: Duration = Duration::from_millis(50);

/// Sends calls without a socket.
pub trait InProcess {
    /// Sends it to a service's routes and reads the whole answer.
    fn send(self, routes: &Routes) -> impl Future<Output = Answer> + Send;

    /// Sends it again with the same key, as clients and the Functions host do, while the service
    /// is too busy: whoever races can be told so.
    fn send_until_served(self, routes: &Routes) -> impl Future<Output = Answer> + Send;
}

impl InProcess for Call {
    async fn send(self, routes: &Routes) -> Answer {
        let (head, body) = routes.answer(self.request.map(Into::into)).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Answer { what: self.what, status: head.status.as_u16(), headers: head.headers, body }
    }

    async fn send_until_served(self, routes: &Routes) -> Answer {
        let began = Instant::now();
        loop {
            let answer = self.clone().send(routes).await;
            if answer.status != 503 || began.elapsed() > SERVED_WITHIN {
                return answer;
            }
            sleep(PAUSE).await;
        }
    }
}

/// The answer's status and JSON, null if it has none.
pub async fn call(
    routes: &Routes,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let mut call = Call::new(method, path);
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if let Some(body) = body {
        call = call.json(body);
    }
    let answer = call.send(routes).await;
    assert!(answer.status != 429 || answer.headers.contains_key("retry-after"), "{path}");
    (answer.status, answer.json())
}

/// Delivers events to a trigger, in one batch that must be taken.
pub async fn deliver(routes: &Routes, function: &str, events: &[Envelope]) {
    invoke(routes, function, &invocation(events)).await;
}

/// Delivers a text that is not an event; it must be taken too.
pub async fn deliver_text(routes: &Routes, function: &str, text: &str) {
    invoke(routes, function, &batch(&[text.to_owned()])).await;
}

async fn invoke(routes: &Routes, function: &str, body: &str) {
    let call = Call::post(&format!("/{function}")).body("application/json", body);
    assert_eq!(call.send_until_served(routes).await.expect(200), json!({}), "{function}");
}
