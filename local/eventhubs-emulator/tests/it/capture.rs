//! Capture, read by an Avro library of others.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use azure_messaging_eventhubs::{EventDataBatchOptions, SendEventOptions, models::EventData};
use storage_client::{Account, Container, Service};
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    client::{producer, send_batch, within},
    durability::{send_until_gone, until_acknowledged},
    emulator::{DataDirectory, Emulator},
};

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const READ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/captured.py");
/// Azurite's account and key, which Microsoft publishes.
const KEY: &str = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT5\
     0uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// A window of a second, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether the library is there; says so if not.
fn can_read() -> bool {
    let installed = Command::new("ops/tools").arg("fastavro").current_dir(CHECKOUT).status();
    let installed = installed.unwrap().success();
    if !installed {
        eprintln!("SKIPPED: fastavro cannot be installed from PyPI");
    }
    installed
}

/// What the library finds below `folder`, a line for each event: its number, then what `fields`
/// asks for.
fn read(folder: &Path, fields: &str) -> Vec<String> {
    let run = Command::new(format!("{CHECKOUT}/.local/tools/fastavro/bin/python"))
        .args([READ, folder.to_str().unwrap(), fields])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The captured files of a partition once there are `count`.
async fn await_files(data: &DataDirectory, partition: &str, count: usize) -> Vec<PathBuf> {
    let folder = data.captured().join("emulator").join(partition);
    let began = Instant::now();
    loop {
        let found = files(&folder);
        if found.len() >= count {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{} of {count} files", found.len());
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_window_of_a_partition_becomes_a_file_with_all_that_an_event_has() {
    if !can_read() {
        return;
    }
    let data = DataDirectory::new();
    let emulator = Emulator::capturing(&data, 1, 1_000_000);
    let orders = producer(&emulator.url, "orders").await;
    let event = EventData::builder()
        .with_body("an event")
        .add_property("text".to_owned(), "two")
        .add_property("number".to_owned(), -70_000_i64)
        .build();
    let options = SendEventOptions { partition_id: Some("3".to_owned()) };
    within(orders.send_event(event, Some(options))).await.unwrap();
    let keyed = EventDataBatchOptions {
        partition_key: Some("key".to_owned()),
        partition_id: None,
        ..Default::default()
    };
    let log = producer(&emulator.url, "log").await;
    send_batch(&log, keyed, &["first", "second"]).await.unwrap();

    let file = await_files(&data, "orders/3", 1).await.remove(0);
    let place = file.strip_prefix(data.captured().join("emulator/orders/3")).unwrap();
    let digits: Vec<_> = place.to_str().unwrap().split(['/', '.']).map(str::len).collect();
    assert_eq!(digits, [4, 2, 2, 2, 2, 2, "avro".len()], "{place:?}");
    assert_eq!(
        read(&file, "Offset Properties SystemProperties Body"),
        ["0 '0' {'number': -70000, 'text': 'two'} {} b'an event'"]
    );

    await_files(&data, "log/0", 1).await;
    let read = read(&data.captured().join("emulator/log"), "SystemProperties Body");
    let key = "{'x-opt-partition-key': 'key'}";
    assert_eq!(read, [format!("0 {key} b'first'"), format!("1 {key} b'second'")]);
    // Nothing was sent to the others, so they have no files.
    assert_eq!(files(&data.captured().join("emulator")).len(), 2);
}

#[tokio::test]
async fn a_file_ends_at_its_size_before_its_time() {
    if !can_read() {
        return;
    }
    let data = DataDirectory::new();
    let emulator = Emulator::capturing(&data, 900, 1);
    let log = producer(&emulator.url, "log").await;
    for (before, body) in ["a", "b", "c"].into_iter().enumerate() {
        send_batch(&log, EventDataBatchOptions::default(), &[body]).await.unwrap();
        await_files(&data, "log/0", before + 1).await;
    }
    assert_eq!(read(&data.captured(), "Body"), ["0 b'a'", "1 b'b'", "2 b'c'"]);
}

#[tokio::test]
async fn a_file_is_whole_when_it_is_first_seen() {
    let data = DataDirectory::new();
    let emulator = Emulator::capturing(&data, 1, 100_000_000);
    let visible = data.captured();
    let watch = thread::spawn(move || {
        let mut seen = BTreeMap::new();
        let began = Instant::now();
        // On for a while after the first sight: a file that grows is then longer.
        while began.elapsed() < PATIENCE && seen.values().all(|(_, at)| *at > Instant::now()) {
            for file in files(&visible) {
                if !file.strip_prefix(&visible).unwrap().starts_with(".aside") {
                    let until = Instant::now() + Duration::from_millis(500);
                    seen.entry(file.clone()).or_insert((fs::metadata(&file).unwrap().len(), until));
                }
            }
            thread::sleep(Duration::from_micros(500));
        }
        seen
    });
    let log = producer(&emulator.url, "log").await;
    let body = "x".repeat(200_000);
    for _ in 0..100 {
        send_batch(&log, EventDataBatchOptions::default(), &[&body]).await.unwrap();
    }
    let seen = watch.join().unwrap();
    assert!(!seen.is_empty());
    for (file, (length, _)) in seen {
        assert_eq!(fs::metadata(&file).map_or(0, |found| found.len()), length, "{file:?}");
    }
}

#[tokio::test]
async fn killed_again_and_again_it_captures_each_event_once_and_shows_no_half_file() {
    let data = DataDirectory::new();
    capture_over_kills(5, &data, || Emulator::capturing(&data, 1, 2_000), async || ()).await;
}

#[tokio::test]
async fn a_container_has_each_event_once_under_azures_names_also_over_kills() {
    let data = DataDirectory::new();
    let endpoint = env::var("TEST_BLOB_URL").unwrap();
    let storage = format!("{KEY};BlobEndpoint={endpoint}");
    let account = Account::of_connection_string(&storage, Service::Blob).unwrap();
    let name = format!("captured-{}", Uuid::new_v4());
    let container = Container::new(account, &name);
    container.create().await.unwrap();
    let fetch = async || {
        for blob in container.list("emulator/log/0/").await.unwrap() {
            let file = data.captured().join(&blob.name);
            if !file.exists() {
                let content = container.read(&blob.name, 1_000_000).await.unwrap().unwrap();
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, content.bytes).unwrap();
            }
        }
    };
    let start = || Emulator::capturing_into(&data, &name, &storage, 2_000);
    capture_over_kills(3, &data, start, fetch).await;
}

/// Kills an emulator that captures while it is sent to; afterwards each event is captured once.
/// `fetch` brings what it captured to where this test reads.
async fn capture_over_kills(
    kills: u64,
    data: &DataDirectory,
    start: impl Fn() -> Emulator,
    fetch: impl AsyncFn(),
) {
    if !can_read() {
        return;
    }
    let mut acknowledged = Vec::new();
    for round in 0..kills {
        let mut emulator = start();
        let url = emulator.url.clone();
        let count = Cell::new(0);
        let kill = async {
            until_acknowledged(&count, 60).await;
            // At another moment of a window each time.
            sleep(Duration::from_millis(37 * round)).await;
            emulator.kill();
        };
        let name = format!("round {round}");
        let (sent, ()) = tokio::join!(send_until_gone(url, &name, &count), kill);
        acknowledged.extend(sent);
        // Each visible file can be read, at any moment.
        fetch().await;
        read(&data.captured(), "Body");
    }

    let emulator = start();
    let log = producer(&emulator.url, "log").await;
    send_batch(&log, EventDataBatchOptions::default(), &["the end"]).await.unwrap();
    let last = within(log.get_partition_properties("0")).await.unwrap();
    let count = usize::try_from(last.last_enqueued_sequence_number).unwrap() + 1;
    let began = Instant::now();
    let captured = loop {
        fetch().await;
        let captured = read(&data.captured(), "Body");
        if captured.len() >= count {
            break captured;
        }
        assert!(began.elapsed() < PATIENCE, "{} of {count} events", captured.len());
        sleep(Duration::from_millis(200)).await;
    };
    let numbers: Vec<_> = captured.iter().map(|line| line.split(' ').next().unwrap()).collect();
    let expected: Vec<_> = (0..count).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
    let bodies: BTreeSet<_> = captured.iter().map(|line| line.split_once(' ').unwrap().1).collect();
    let lost = |body: &&String| !bodies.contains(format!("b'{body}'").as_str());
    assert_eq!(acknowledged.iter().filter(lost).count(), 0);
}
