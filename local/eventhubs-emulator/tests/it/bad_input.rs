//! Bad input and bad luck: each is told with the file or the peer that it is about, and what to do,
//! and whoever has nothing to do with it is served.

use std::{
    fs,
    io::Write as _,
    process::Command,
    time::{Duration, Instant},
};

use azure_messaging_eventhubs::{EventDataBatchOptions, StartLocation};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::{
    client::{bodies, consumer, from, producer, receive, send_batch, within},
    emulator::{DataDirectory, Emulator, IDENTITY_SECRET},
};

/// Waits until the emulator has told all of this.
async fn await_told(data: &DataDirectory, words: &[&str]) {
    let began = Instant::now();
    while !words.iter().all(|word| data.told().contains(word)) {
        assert!(began.elapsed() < Duration::from_secs(20), "{words:?} in {}", data.told());
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_full_disk_refuses_sends_and_says_where_until_there_is_space() {
    let data = DataDirectory::new();
    let Some(emulator) = Emulator::on_small_disk(&data) else {
        return eprintln!("SKIPPED: nobody may mount a small disk here");
    };
    let log = producer(&emulator.url, "log").await;
    let body = "x".repeat(150_000);
    let mut stored = 0;
    let refused = loop {
        match send_batch(&log, EventDataBatchOptions::default(), &[&body]).await {
            Ok(()) => stored += 1,
            Err(error) => break format!("{error:?}"),
        }
        assert!(stored < 30, "the disk is larger than it should be");
    };
    assert!(refused.contains("No space left") && refused.contains("free some space"), "{refused}");
    await_told(&data, &["events were not stored", "free some space", "/log/0"]).await;
    let reader = consumer(&emulator.url, "log", "g").await;
    let events = receive(&reader, "0", from(StartLocation::Earliest, false), stored).await;
    assert!(bodies(&events).iter().all(|kept| *kept == body));

    emulator.free_space(&data);

    let log = producer(&emulator.url, "log").await;
    send_batch(&log, EventDataBatchOptions::default(), &["after"]).await.unwrap();
    let last = i64::try_from(stored).unwrap();
    let start = from(StartLocation::SequenceNumber(last), true);
    assert_eq!(bodies(&receive(&reader, "0", start, 1).await), ["after"]);
}

#[tokio::test]
async fn a_log_with_a_torn_or_damaged_end_is_cut_and_its_file_is_named() {
    let data = DataDirectory::new();
    let send = async |emulator: &Emulator, body: &str| {
        let log = producer(&emulator.url, "log").await;
        send_batch(&log, EventDataBatchOptions::default(), &[body]).await.unwrap();
    };
    let mut emulator = Emulator::telling(&data);
    send(&emulator, "first").await;
    emulator.kill();
    let segment = data.segment();
    let mut file = fs::OpenOptions::new().append(true).open(&segment).unwrap();
    file.write_all(&[9, 0, 0, 0, 1, 2]).unwrap();

    let mut emulator = Emulator::telling(&data);
    await_told(&data, &["cut the torn end of a log", segment.to_str().unwrap()]).await;
    send(&emulator, "second").await;
    emulator.kill();
    let mut bytes = fs::read(&segment).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&segment, bytes).unwrap();

    let emulator = Emulator::telling(&data);
    await_told(&data, &["cut a log at a damaged event: it is lost"]).await;
    send(&emulator, "third").await;
    let reader = consumer(&emulator.url, "log", "g").await;
    let events = receive(&reader, "0", from(StartLocation::Earliest, false), 2).await;
    assert_eq!(bodies(&events), ["first", "third"]);
}

#[tokio::test]
async fn a_peer_that_speaks_no_amqp_is_named_with_what_is_spoken_here() {
    let data = DataDirectory::new();
    let emulator = Emulator::telling(&data);
    let address = emulator.url.strip_prefix("amqp://").unwrap();
    let mut peer = TcpStream::connect(address).await.unwrap();
    let name = peer.local_addr().unwrap().to_string();
    // As a client begins that wants TLS: a part of what this side would read as a frame.
    peer.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc").await.unwrap();
    await_told(&data, &["a connection was not opened", "AMQP without TLS", &name]).await;
    let log = producer(&emulator.url, "log").await;
    within(log.send_event("served", None)).await.unwrap();
}

#[test]
fn who_finds_the_port_taken_or_the_data_in_use_is_told_by_whom_and_what_to_do() {
    let data = DataDirectory::new();
    let emulator = Emulator::telling(&data);
    let address = emulator.url.strip_prefix("amqp://").unwrap();
    let other = DataDirectory::new();
    let refused = |listen: &str, data: &DataDirectory| {
        let output = Command::new(env!("CARGO_BIN_EXE_eventhubs-emulator"))
            .args(["--listen", listen, "--hub", "log:1", "--data"])
            .arg(data.path())
            .env("IDENTITY_HEADER", IDENTITY_SECRET)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let told = refused(address, &other);
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    assert!(told.contains("listens there: end it, or give another address"), "{told}");
    let told = refused("127.0.0.1:0", &data);
    assert!(told.contains("is in use") && told.contains("--data"), "{told}");
}
