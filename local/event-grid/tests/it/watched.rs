//! A container of the test's own, the program that watches it, and the queue that is told.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use storage_client::{Account, Container, Queue};
use testkit::{BlobContainer, blob_endpoint, queue_endpoint, storage_credential};
use time::OffsetDateTime;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// The emulator's account and key, which Microsoft publishes.
const KEY: &str = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT5\
     0uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const HIDDEN: Duration = Duration::from_secs(300);
const PATIENCE: Duration = Duration::from_secs(30);
/// More than two looks at the container.
const A_WHILE: Duration = Duration::from_millis(2_500);
const POLL: Duration = Duration::from_millis(50);

pub(crate) struct Watched {
    pub(crate) container: BlobContainer,
    name: String,
    queue: Queue,
    data: PathBuf,
    program: Child,
    /// What the queue was told: the events, by the blob's name.
    told: BTreeMap<String, Vec<Value>>,
}

impl Watched {
    pub(crate) async fn start() -> Self {
        let name = format!("w-{}", Uuid::new_v4());
        let container = BlobContainer::create(&name).await;
        let account = Account::of_identity(&queue_endpoint(), storage_credential()).unwrap();
        let data = std::env::temp_dir().join(format!("event-grid-{name}"));
        let program = start(&name, &data);
        let queue = Queue::new(account, &name);
        Self { container, name, queue, data, program, told: BTreeMap::new() }
    }

    /// The container that it makes and does not watch.
    pub(crate) fn unwatched(&self) -> Container {
        let account = Account::of_identity(&blob_endpoint(), storage_credential()).unwrap();
        Container::new(account, &unwatched(&self.name))
    }

    /// Kills the program with SIGKILL and starts it again on its receipts.
    pub(crate) fn kill_and_start(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        self.program = start(&self.name, &self.data);
    }

    /// Takes what is in the queue and answers how many blobs have been told so far.
    pub(crate) async fn told(&mut self) -> usize {
        for message in self.queue.receive(32, HIDDEN).await.unwrap() {
            let event: Value =
                serde_json::from_slice(&STANDARD.decode(message.text).unwrap()).unwrap();
            let subject = event["subject"].as_str().unwrap();
            let (_, blob) = subject.split_once("/blobs/").unwrap();
            self.told.entry(blob.to_owned()).or_default().push(event);
        }
        self.told.len()
    }

    /// Waits until so many blobs have been told.
    pub(crate) async fn wait_for_told(&mut self, blobs: usize) {
        let until = Instant::now() + PATIENCE;
        while self.told().await < blobs {
            assert!(Instant::now() < until, "{} of {blobs} told", self.told.len());
            sleep(POLL).await;
        }
    }

    /// Waits long enough for what should not be told, or not again.
    pub(crate) async fn settle(&mut self) {
        let until = Instant::now() + A_WHILE;
        while Instant::now() < until {
            self.told().await;
            sleep(POLL).await;
        }
    }

    /// The events so far that tell of a blob.
    pub(crate) fn events_of(&self, blob: &str) -> &[Value] {
        self.told.get(blob).map_or(&[], Vec::as_slice)
    }

    /// All events so far.
    pub(crate) fn events(&self) -> usize {
        self.told.values().map(Vec::len).sum()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
        let _ = fs::remove_dir_all(&self.data);
    }
}

/// The folder of the blobs of a day, so many days ago.
pub(crate) fn folder(days_ago: i64) -> String {
    let day = (OffsetDateTime::now_utc() - time::Duration::days(days_ago)).date();
    format!("{:04}/{:02}/{:02}", day.year(), u8::from(day.month()), day.day())
}

/// What its other container is called.
fn unwatched(name: &str) -> String {
    format!("un{name}")
}

fn start(name: &str, data: &PathBuf) -> Child {
    let mut program = command(name, data, [&blob_endpoint(), &queue_endpoint()]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("ready: event-grid"), "{line}");
    program
}

/// The program for an account at these two addresses.
pub(crate) fn command(name: &str, data: &PathBuf, [blob, queue]: [&str; 2]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_event-grid"));
    program
        .env("EVENT_GRID_STORAGE", format!("{KEY};BlobEndpoint={blob};QueueEndpoint={queue}"))
        .args(["--listen", "127.0.0.1:0", "--container", name, "--queue", name])
        .args(["--unwatched", &unwatched(name), "--data"])
        .arg(data)
        .stdout(Stdio::piped());
    program
}
