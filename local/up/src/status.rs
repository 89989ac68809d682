//! `up status`: how the parts and apps of a platform are, whichever terminal it runs in.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::data::Data;
use crate::error::Error;
use crate::processes;

/// The part that runs the apps.
const HOST: &str = "functions-host";
/// What the host may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// What a line of a log that tells of a failure has in it.
const FAILURES: [&str; 3] = ["ERROR", "panicked at", "error:"];
/// How much of such a line is shown.
const SHOWN_CHARACTERS: usize = 100;

/// Prints a line for each part and each app.
///
/// # Errors
/// `NotRunning`, or `Io`.
pub(crate) async fn print(folder: &Path) -> Result<(), Error> {
    let data = Data::running(folder)?;
    let listeners = processes::listeners();
    let mut host = None;
    println!("{:<20} {:<8} {:>6} {:>9} {:>7}  last failure", "part", "state", "port", "up", "MB");
    for part in data.parts()? {
        let file = data.pid_file(&part);
        let pid = fs::read_to_string(&file).ok().and_then(|pid| pid.parse().ok());
        let pid: Option<u32> = pid.filter(|pid| processes::is_running(*pid));
        let port = listeners.iter().find(|(_, listener)| Some(**listener) == pid);
        let port = port.map(|(port, _)| *port);
        if part == HOST {
            host = port;
        }
        let state = match (pid, port) {
            (None, _) => "down",
            (Some(_), None) => "starting",
            (Some(_), Some(_)) => "serves",
        };
        let up = pid.and_then(|_| processes::age(&file)).map(clock);
        let memory = pid.map(processes::memory_mb);
        let failure = data.last_line(&part, &FAILURES).unwrap_or_default();
        let failure: String = failure.trim().chars().take(SHOWN_CHARACTERS).collect();
        let (port, up, memory) = (or_dash(port), or_dash(up), or_dash(memory));
        println!("{part:<20} {state:<8} {port:>6} {up:>9} {memory:>7}  {failure}");
    }
    match host {
        Some(port) => print_apps(port).await,
        None => println!("\n{HOST}, which knows the apps, is down"),
    }
    Ok(())
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// As the host tells.
async fn print_apps(port: u16) {
    let url = format!("http://127.0.0.1:{port}/admin/host/status");
    let status = match ask(&url).await {
        Ok(status) => status,
        Err(error) => return println!("\n{url} does not answer: {error}"),
    };
    println!("\n{:<20} {:<8} {:>6} {:>9} {:>7}", "app", "state", "port", "restarts", "MB");
    for app in status["apps"].as_array().into_iter().flatten() {
        let text = |field: &str| app[field].as_str().unwrap_or("-");
        let number = |field: &str| app[field].as_u64();
        let pid = number("pid").and_then(|pid| pid.try_into().ok());
        println!(
            "{:<20} {:<8} {:>6} {:>9} {:>7}",
            text("name"),
            text("phase"),
            or_dash(number("port")),
            or_dash(number("restarts")),
            or_dash(pid.map(processes::memory_mb)),
        );
    }
}

async fn ask(url: &str) -> Result<Value, reqwest::Error> {
    let client = reqwest::Client::new();
    client.get(url).timeout(ANSWER_LIMIT).send().await?.json().await
}

/// `1:02:03`
fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}", seconds % 60)
}
