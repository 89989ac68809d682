//! Killing handlers and parts while something goes on, and how clients live through it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use system_tests::{Addresses, Answer, Call, Error, OverHttp, until};

/// A call is repeated under the same key for so long.
pub(crate) const REPEAT_LIMIT: Duration = Duration::from_secs(90);
pub(crate) const REPEAT_PAUSE: Duration = Duration::from_millis(200);
/// A killed process is started again in this time.
const START_LIMIT: Duration = Duration::from_secs(30);
const KILL_POLL: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victim<'a> {
    Handler(&'a str),
    Part(&'a str),
}

/// Sends a call until it has its effect, as a phone does that lost its answer.
pub(crate) async fn repeat(call: impl Fn() -> Call) -> Answer {
    let began = Instant::now();
    loop {
        let outcome = call().send().await;
        let is_undecided = match &outcome {
            Ok(answer) => {
                answer.status >= 500 || answer.json()["code"] == "idempotency-key-in-flight"
            }
            Err(Error::NoAnswer { .. }) => true,
            Err(_) => false,
        };
        if !is_undecided || began.elapsed() > REPEAT_LIMIT {
            return outcome.unwrap();
        }
        tokio::time::sleep(REPEAT_PAUSE).await;
    }
}

/// Kills each when so many things are done.
pub(crate) async fn kill(
    platform: &Addresses,
    kills: impl IntoIterator<Item = (usize, Victim<'static>)>,
    done: &AtomicUsize,
) {
    for (after, victim) in kills {
        let what = format!("{after} things that are done");
        until(&what, 2 * REPEAT_LIMIT, async || {
            tokio::time::sleep(KILL_POLL).await;
            Ok((done.load(Ordering::Relaxed) >= after).then_some(()))
        })
        .await
        .unwrap();
        kill_one(platform, victim).await;
    }
}

pub(crate) async fn kill_one(platform: &Addresses, victim: Victim<'_>) {
    // One that was killed before may just be starting again.
    until("a victim that runs", START_LIMIT, async || {
        let killed = match victim {
            Victim::Handler(app) => platform.kill_handler(app),
            Victim::Part(part) => platform.kill_part(part),
        };
        Ok(killed.ok())
    })
    .await
    .unwrap();
}
