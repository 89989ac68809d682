//! `up run`: replication, restarts, the end of all children, one run at a time.

use std::fs;
use std::process::Command;
use std::time::Duration;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use reqwest::{Certificate, Client, RequestBuilder};

use crate::running::{
    OTHER_PORT_BASE, PORTS, PRIMARY_PORT, REDIS_ADDRESS, REPLICA_PORT, RedisClient, Running, admin,
    all_end, command, kept_data, new_data, page, refused, signal, status,
};

const REPLICATION_LIMIT: Duration = Duration::from_secs(10);
const READ: &str = "SELECT word FROM t.words";
const QUEUES: &str = "https://127.0.0.1:29101/devstoreaccount1";
/// Shaped like Entra ID's, and good for ever: nobody checks a signature.
const TOKEN: &str = "e30.eyJhdWQiOiJodHRwczovL3N0b3JhZ2UuYXp1cmUuY29tIiwiaXNzIjoiaHR0cHM6Ly9zdHM\
     ud2luZG93cy5uZXQvOWIwYTZjMWUtNTNjNC00YzVlLThmNTctNWYxZjZjMGY3YTAxLyIsImlhdCI6MCwibmJmIjowLCJ\
     leHAiOjk5OTk5OTk5OTl9.";
/// Signs in as the one user; Redis asks for no particular token.
const SIGN_IN: &str = "AUTH c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02 a-token";

#[tokio::test]
async fn a_row_reaches_the_replica_and_survives_until_the_next_run() {
    let _ports = PORTS.lock().await;
    let data = new_data();

    let running = Running::start(&data);
    let mut primary = admin(PRIMARY_PORT).await;
    for statement in [
        "CREATE DATABASE t",
        "CREATE TABLE t.words (word VARCHAR(9) PRIMARY KEY)",
        "INSERT INTO t.words VALUES ('kept')",
    ] {
        primary.query_drop(statement).await.unwrap();
    }
    assert_eq!(replicated(&mut admin(REPLICA_PORT).await).await, "kept");
    drop(primary);
    assert!(running.terminate().success());

    let running = Running::start(&data);
    let word: Option<String> = admin(PRIMARY_PORT).await.query_first(READ).await.unwrap();
    assert_eq!(word.as_deref(), Some("kept"));
    assert!(running.terminate().success());
}

async fn replicated(replica: &mut Conn) -> String {
    let read = async {
        loop {
            // Until the table has arrived this is an error.
            if let Ok(Some(word)) = replica.query_first(READ).await {
                return word;
            }
        }
    };
    tokio::time::timeout(REPLICATION_LIMIT, read).await.unwrap()
}

#[test]
fn a_killed_part_is_named_and_started_again() {
    let _ports = PORTS.blocking_lock();
    let mut running = Running::start(&kept_data());
    let killed = running.pid("redis");

    signal("KILL", killed);

    assert!(running.line("died   redis").contains("signal: 9"));
    running.line("ready  redis again");
    assert_ne!(running.pid("redis"), killed);
    assert!(running.terminate().success());
}

#[test]
fn redis_has_after_a_restart_what_a_transaction_wrote_and_still_lets_no_stranger_in() {
    let _ports = PORTS.blocking_lock();
    let data = kept_data();

    let running = Running::start(&data);
    let mut redis = RedisClient::connect(REDIS_ADDRESS);
    let answers = [SIGN_IN, "MULTI", "SET kept 1", "PEXPIRE kept 600000", "EXEC"]
        .map(|command| redis.answer(command));
    assert_eq!(answers, ["+OK", "+OK", "+QUEUED", "+QUEUED", "*2"]);
    assert_eq!([redis.line(), redis.line()], ["+OK", ":1"]);
    assert!(running.terminate().success());

    let running = Running::start(&data);
    let mut redis = RedisClient::connect(REDIS_ADDRESS);
    for (command, refusal) in [
        ("GET kept", "-NOAUTH"),
        ("AUTH a-token", "-WRONGPASS"),
        ("AUTH default a-token", "-WRONGPASS"),
        ("HELLO 3", "-NOAUTH"),
    ] {
        assert!(redis.answer(command).starts_with(refusal), "{command}");
    }
    assert_eq!([SIGN_IN, "GET kept"].map(|command| redis.answer(command)), ["+OK", "$1"]);
    assert_eq!(redis.line(), "1");
    assert!(running.terminate().success());
}

#[tokio::test]
async fn what_azurite_acknowledged_is_there_after_it_was_killed() {
    let _ports = PORTS.lock().await;
    // As on its very first run: it has nothing to load.
    let folder = kept_data().join("azurite");
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    let mut running = Running::start(&kept_data());
    let trusted = fs::read(kept_data().join("tls/trust.pem")).unwrap();
    let trusted = Certificate::from_pem_bundle(&trusted).unwrap();
    // A connection does not outlive the killed one.
    let client = Client::builder().tls_certs_only(trusted).pool_max_idle_per_host(0);
    let client = client.build().unwrap();
    let queue = format!("{QUEUES}/q{}", running.up.id());
    let send = async |request: RequestBuilder| {
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let answer = request.header("x-ms-version", "2026-04-06").send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer
    };
    send(client.put(&queue).header("content-length", 0)).await;
    for word in ["at-first", "once-it-has-loaded-something"] {
        let message = format!("<QueueMessage><MessageText>{word}</MessageText></QueueMessage>");
        // Its status is enough for many a client; the text may never come.
        let _answer = send(client.post(format!("{queue}/messages")).body(message)).await;

        signal("KILL", running.pid("azurite"));

        running.line("ready  azurite again");
        let messages = format!("{queue}/messages?peekonly=true&numofmessages=2");
        assert!(send(client.get(messages)).await.text().await.unwrap().contains(word), "{word}");
    }
    assert!(running.terminate().success());
}

#[test]
fn a_part_that_dies_again_and_again_is_left_down_and_named_while_the_rest_serves() {
    let _ports = PORTS.blocking_lock();
    let mut running = Running::start(&kept_data());
    let (_, before) = running.status();
    let line = |status: &str, part: &str| {
        let line = status.lines().find(|line| line.starts_with(part)).unwrap();
        line.split_whitespace().take(3).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line(&before, "redis"), ["redis", "serves", "29379"]);
    for death in 1..=6 {
        signal("KILL", running.pid("redis"));
        running.line("died   redis");
        if death < 6 {
            running.line("ready  redis again");
        }
    }
    let (code, after) = running.status();
    assert_eq!(
        (code, line(&after, "redis")),
        (Some(0), vec!["redis".into(), "down".into(), "-".into()])
    );
    assert_eq!(line(&after, "mariadb-primary"), ["mariadb-primary", "serves", "29306"]);
    let page = page();
    for shown in [
        "<td>redis</td><td class=\"bad\">down</td>",
        "<td>mariadb-primary</td><td class=\"\">serves</td><td class=number>29306</td>",
        "functions-host, which knows the apps, is down",
        "name=viewport",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(running.terminate().success());
    assert_eq!(status(&kept_data()).0, Some(1));
}

#[test]
fn who_asks_for_help_is_told_the_commands() {
    for flag in ["--help", "-h", "help"] {
        let output = Command::new(env!("CARGO_BIN_EXE_up")).arg(flag).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("up status --data FOLDER"), "{said}");
    }
}

#[test]
fn two_platforms_run_side_by_side_and_each_knows_its_own_parts() {
    let _ports = PORTS.blocking_lock();
    let running = Running::start(&kept_data());
    let other = Running::start_at(OTHER_PORT_BASE, &kept_data().with_extension("other"));
    for (platform, port, foreign) in [(&running, "29379", "31379"), (&other, "31379", "29379")] {
        let (_, told) = platform.status();
        let redis = told.lines().find(|line| line.starts_with("redis")).unwrap();
        assert!(redis.contains("serves") && redis.contains(port), "{told}");
        assert!(!told.contains(foreign), "{told}");
    }
    let pids = running.pids();
    assert!(other.terminate().success());
    assert!(pids.iter().all(|pid| fs::exists(format!("/proc/{pid}")).unwrap()));
    assert!(running.terminate().success());
}

#[test]
fn sigterm_ends_every_part() {
    let _ports = PORTS.blocking_lock();
    let running = Running::start(&kept_data());
    let pids = running.pids();
    assert_eq!(pids.len(), 4);

    assert!(running.terminate().success());

    all_end(&pids);
}

#[test]
fn no_part_outlives_an_up_that_is_killed() {
    let _ports = PORTS.blocking_lock();
    let running = Running::start(&kept_data());
    let pids = running.pids();

    signal("KILL", running.up.id());

    all_end(&pids);
}

#[test]
fn a_disk_without_room_is_told_before_anything_starts() {
    const MOUNT: &str = "mount -t tmpfs -o size=8m none \"$0\" && exec \"$@\"";
    let _ports = PORTS.blocking_lock();
    let data = new_data();
    fs::create_dir_all(&data).unwrap();
    let inner = command(&data);
    let mut up = Command::new("unshare");
    up.args(["-rm", "sh", "-c", MOUNT]).arg(&data).arg(inner.get_program());
    let output = up.args(inner.get_args()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if told.starts_with("unshare") || told.starts_with("mount") {
        return eprintln!("SKIPPED: nobody may mount a small disk here");
    }
    let data = data.display().to_string();
    assert!(
        told.contains(&data) && told.contains(" MB left; free 1500 MB, or name another"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_second_run_is_told_who_holds_the_data_or_the_port() {
    let _ports = PORTS.blocking_lock();
    let running = Running::start(&kept_data());

    let (output, message) = refused(&kept_data());
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains(&format!("pid {}", running.up.id())), "{message}");

    let (output, message) = refused(&new_data());
    assert_eq!(output.status.code(), Some(1));
    let taken = format!("port {PRIMARY_PORT}, for mariadb-primary, is taken by mariadbd (pid ");
    assert!(message.contains(&taken) && message.contains("for redis"), "{message}");
    assert!(running.terminate().success());
}
