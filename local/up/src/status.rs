//! How the parts and apps of a platform are, whichever process asks: `up status` prints it,
//! `status_page` shows it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use crate::data::Data;
use crate::error::Error;
use crate::{apps, health, processes};

/// The part that runs the apps, and the part that they send events to.
const HOST: &str = "functions-host";
const BROKER: &str = "eventhubs-emulator";
/// What a part may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// What a line of a log that tells of a failure has in it.
const FAILURES: [&str; 3] = ["ERROR", "panicked at", "error:"];
/// The level of lines that tell of no failure, whatever else they say.
const HARMLESS: &str = " INFO ";
/// How much of such a line is shown.
const SHOWN_CHARACTERS: usize = 100;

/// All that is known.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) parts: Vec<PartStatus>,
    /// Or why the host does not tell.
    pub(crate) apps: Result<Vec<AppStatus>, String>,
    /// Or why the broker does not tell.
    pub(crate) consumers: Result<Vec<Consumer>, String>,
}

#[derive(Debug)]
pub(crate) struct PartStatus {
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) port: Option<u16>,
    pub(crate) up: Option<Duration>,
    pub(crate) memory_mb: Option<u64>,
    /// The last line of its log that tells of one; empty if none does.
    pub(crate) last_failure: String,
}

#[derive(Debug)]
pub(crate) struct AppStatus {
    pub(crate) name: String,
    pub(crate) phase: String,
    /// What the app says of itself and its stores: `ready`, or what is wrong.
    pub(crate) health: String,
    pub(crate) port: Option<u64>,
    pub(crate) restarts: Option<u64>,
    pub(crate) memory_mb: Option<u64>,
}

/// A function that reads an event hub.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Consumer {
    pub(crate) function: String,
    pub(crate) hub: String,
    /// How many events it has not processed yet.
    pub(crate) behind: u64,
    /// Of how many invocations, since the host started.
    pub(crate) failures: u64,
}

/// # Errors
/// `Io`.
pub(crate) async fn collect(data: &Data) -> Result<Status, Error> {
    let listeners = platform_port::listeners();
    let mut parts = Vec::new();
    let mut ports = BTreeMap::new();
    for name in data.parts()? {
        let file = data.pid_file(&name);
        let pid = fs::read_to_string(&file).ok().and_then(|pid| pid.parse().ok());
        let pid: Option<u32> = pid.filter(|pid| processes::is_running(*pid));
        let own = listeners.iter().filter(|(_, listener)| Some(**listener) == pid);
        let own: Vec<u16> = own.map(|(port, _)| *port).collect();
        let port = own.first().copied();
        ports.insert(name.clone(), own);
        let state = match (pid, port) {
            (None, _) => "down",
            (Some(_), None) => "starting",
            (Some(_), Some(_)) => "serves",
        };
        let up = pid.and_then(|_| processes::age(&file));
        let memory_mb = pid.map(processes::memory_mb);
        let failure = data.last_line(&name, tells_of_failure).unwrap_or_default();
        let last_failure = failure.trim().chars().take(SHOWN_CHARACTERS).collect();
        parts.push(PartStatus { name, state, port, up, memory_mb, last_failure });
    }
    let port = |part: &str, place: usize| ports.get(part).and_then(|own| own.get(place)).copied();
    let host = match port(HOST, 0) {
        Some(port) => ask(port, "/admin/host/status").await.map(|status| (port, status)),
        None => Err(format!("{HOST}, which knows the apps, is down")),
    };
    let apps = match &host {
        Ok((port, status)) => Ok(apps(*port, status).await),
        Err(why) => Err(why.clone()),
    };
    // It listens to its administrator above the port of its clients.
    let hubs = match port(BROKER, 1) {
        Some(port) => ask(port, "/hubs").await,
        None => Err(format!("{BROKER}, which knows the hubs, is down")),
    };
    let consumers = host.and_then(|(_, status)| Ok(consumers(&data.path("apps"), &status, &hubs?)));
    Ok(Status { parts, apps, consumers })
}

fn tells_of_failure(line: &str) -> bool {
    FAILURES.iter().any(|failure| line.contains(failure)) && !line.contains(HARMLESS)
}

/// What a part of the platform tells under `path`, or why it does not.
pub(crate) async fn ask(port: u16, path: &str) -> Result<Value, String> {
    let url = format!("http://127.0.0.1:{port}{path}");
    let answer =
        async { reqwest::Client::new().get(&url).timeout(ANSWER_LIMIT).send().await?.json().await };
    answer.await.map_err(|error: reqwest::Error| format!("{url} does not answer: {error}"))
}

/// As the host tells, and the apps of themselves.
async fn apps(port: u16, status: &Value) -> Vec<AppStatus> {
    let mut asked = JoinSet::new();
    for app in status["apps"].as_array().into_iter().flatten().cloned() {
        asked.spawn(async move {
            let text = |field: &str| app[field].as_str().unwrap_or("-").to_owned();
            let pid = app["pid"].as_u64().and_then(|pid| pid.try_into().ok());
            let health = match health::check(&text("name"), port).await {
                Ok(()) => "ready".to_owned(),
                Err(told) => told.chars().take(SHOWN_CHARACTERS).collect(),
            };
            AppStatus {
                name: text("name"),
                phase: text("phase"),
                health,
                port: app["port"].as_u64(),
                restarts: app["restarts"].as_u64(),
                memory_mb: pid.map(processes::memory_mb),
            }
        });
    }
    let mut apps = asked.join_all().await;
    apps.sort_by(|one, other| one.name.cmp(&other.name));
    apps
}

/// How far each function of the host's `status` is behind the ends of `hubs`. The apps are in
/// `folder`.
fn consumers(folder: &Path, status: &Value, hubs: &Value) -> Vec<Consumer> {
    let mut consumers = Vec::new();
    for app in status["apps"].as_array().into_iter().flatten() {
        let folder = folder.join(app["name"].as_str().unwrap_or_default());
        for (function, partitions) in app["partitions"].as_object().into_iter().flatten() {
            let Some((hub, _)) = apps::hub_and_group(&folder.join(function)) else { continue };
            let partitions = || partitions.as_object().into_iter().flatten();
            let behind = partitions().map(|(id, progress)| {
                let end = &hubs[&hub]["partitions"][id];
                let first = end["first_sequence"].as_i64().unwrap_or_default();
                let next = end["next_sequence"].as_i64().unwrap_or_default();
                let done = progress["checkpoint"].as_i64().map_or(0, |done| done.saturating_add(1));
                u64::try_from(next.saturating_sub(done.max(first))).unwrap_or_default()
            });
            let behind = behind.sum();
            let failures = partitions().filter_map(|(_, progress)| progress["failures"].as_u64());
            let (function, failures) = (function.clone(), failures.sum());
            consumers.push(Consumer { function, hub, behind, failures });
        }
    }
    consumers
}

/// Prints a line for each part, each app and each consumer.
///
/// # Errors
/// `NotRunning`, or `Io`.
pub(crate) async fn print(folder: &Path) -> Result<(), Error> {
    let status = collect(&Data::running(folder)?).await?;
    println!("{:<20} {:<8} {:>6} {:>9} {:>7}  last failure", "part", "state", "port", "up", "MB");
    for PartStatus { name, state, port, up, memory_mb, last_failure } in status.parts {
        let (port, up, memory) = (or_dash(port), or_dash(up.map(clock)), or_dash(memory_mb));
        println!("{name:<20} {state:<8} {port:>6} {up:>9} {memory:>7}  {last_failure}");
    }
    let apps = match status.apps {
        Ok(apps) => apps,
        Err(why) => {
            println!("\n{why}");
            return Ok(());
        }
    };
    println!("\n{:<20} {:<8} {:>6} {:>9} {:>7}  health", "app", "state", "port", "restarts", "MB");
    for AppStatus { name, phase, health, port, restarts, memory_mb } in apps {
        let (port, restarts, memory) = (or_dash(port), or_dash(restarts), or_dash(memory_mb));
        println!("{name:<20} {phase:<8} {port:>6} {restarts:>9} {memory:>7}  {health}");
    }
    match status.consumers {
        Ok(consumers) => {
            println!("\n{:<40} {:<20} {:>7} {:>9}", "consumer", "hub", "behind", "failures");
            for Consumer { function, hub, behind, failures } in consumers {
                println!("{function:<40} {hub:<20} {behind:>7} {failures:>9}");
            }
        }
        Err(why) => println!("\n{why}"),
    }
    Ok(())
}

pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// `1:02:03`
pub(crate) fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::programs::CHECKOUT;

    #[test]
    fn a_line_tells_of_a_failure_unless_its_level_says_that_it_does_not() {
        for (line, is_failure) in [
            ("2026-11-30T21:15:30Z ERROR invocation failed", true),
            ("thread 'main' panicked at src/main.rs:1", true),
            ("error: cannot listen", true),
            (
                "2026-11-30T21:15:30Z  INFO a connection was not opened error=IO { error: eof }",
                false,
            ),
            ("ready: redis", false),
        ] {
            assert_eq!(tells_of_failure(line), is_failure, "{line}");
        }
    }

    #[test]
    fn a_consumer_is_behind_by_what_its_hub_has_and_its_checkpoints_do_not() {
        let status = json!({ "apps": [{ "name": "timeline", "partitions": {
            "timeline_on_payments": {
                "0": { "received": 9, "checkpoint": 4, "failures": 2 },
                "1": { "received": null, "checkpoint": null, "failures": 1 },
                "2": { "received": 3, "checkpoint": 2, "failures": 0 },
            },
            "a_timer": {},
        }}]});
        let hubs = json!({ "payments": { "partitions": {
            "0": { "first_sequence": 0, "next_sequence": 10 },
            // What retention has taken is not to come.
            "1": { "first_sequence": 100, "next_sequence": 103 },
            "2": { "first_sequence": 0, "next_sequence": 3 },
        }}});
        let consumers = consumers(&Path::new(CHECKOUT).join("functions"), &status, &hubs);
        let (function, hub) = ("timeline_on_payments".to_owned(), "payments".to_owned());
        assert_eq!(consumers, [Consumer { function, hub, behind: 5 + 3, failures: 3 }]);
    }
}
