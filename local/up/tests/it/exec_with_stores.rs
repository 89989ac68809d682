//! `up exec-with-stores`: what the command finds in its environment, and how its end is passed on.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};
use reqwest::{Certificate, Client};

use crate::running::RedisClient;

const STORES: [&str; 4] = ["TEST_MYSQL_URL", "TEST_REDIS_URL", "TEST_BLOB_URL", "TEST_QUEUE_URL"];

/// `up exec-with-stores -- sh -c SCRIPT`, whatever stores the test itself was given.
fn exec(script: &str) -> Command {
    exec_with(&[], script)
}

fn exec_with(flags: &[&str], script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_up"));
    for store in STORES {
        command.env_remove(store);
    }
    command.arg("exec-with-stores").args(flags).args(["--", "sh", "-c", script]);
    command
}

#[tokio::test]
async fn the_command_finds_working_stores_and_its_exit_status_is_passed_on() {
    let mut up = exec("echo $TEST_MYSQL_URL; echo $TEST_REDIS_URL; read go; exit 7")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut urls = BufReader::new(up.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (mysql, redis) = (urls.next().unwrap(), urls.next().unwrap());

    let mut conn = Conn::new(Opts::from_url(&mysql).unwrap()).await.unwrap();
    conn.query_drop("CREATE DATABASE left_behind").await.unwrap();
    conn.disconnect().await.unwrap();
    let (user, redis) = redis.strip_prefix("redis://").unwrap().split_once('@').unwrap();
    let mut redis = RedisClient::connect(redis);
    assert!(redis.answer("PING").starts_with("-NOAUTH"));
    assert_eq!(redis.answer(&format!("AUTH {user} a-token")), "+OK");

    writeln!(up.stdin.take().unwrap(), "go").unwrap();
    assert_eq!(up.wait().unwrap().code(), Some(7));
}

#[tokio::test]
async fn durable_stores_flush_and_log_each_commit() {
    let mut up = exec_with(&["--durable"], "echo $TEST_MYSQL_URL; read go")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(up.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let mut conn = Conn::new(Opts::from_url(url.trim()).unwrap()).await.unwrap();
    let settings: Option<(u8, u8, bool)> = conn
        .query_first("SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@log_bin")
        .await
        .unwrap();
    assert_eq!(settings, Some((1, 1, true)));
    conn.disconnect().await.unwrap();
    writeln!(up.stdin.take().unwrap(), "go").unwrap();
    assert!(up.wait().unwrap().success());
}

#[test]
fn stores_that_are_given_are_used() {
    let mut command = exec("echo $TEST_MYSQL_URL $TEST_REDIS_URL $TEST_BLOB_URL $TEST_QUEUE_URL");
    let output = command.envs(STORES.map(|store| (store, "given"))).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "given given given given\n");
}

#[tokio::test]
async fn azurite_starts_when_the_command_first_turns_to_it_and_what_it_shows_is_trusted() {
    let mut up = exec("echo $SSL_CERT_FILE; echo $TEST_BLOB_URL; echo $TEST_QUEUE_URL; read go")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(up.stdout.take().unwrap()).lines().map(Result::unwrap);
    let trust = lines.next().unwrap();
    let runs = Path::new(&trust).parent().unwrap().join("../run/azurite.pid");
    assert!(!runs.exists());

    let trusted = Certificate::from_pem_bundle(&fs::read(&trust).unwrap()).unwrap();
    let client = Client::builder().tls_certs_only(trusted).build().unwrap();
    for url in [lines.next().unwrap(), lines.next().unwrap()] {
        let stranger = client.get(format!("{url}/?comp=list")).send().await.unwrap();
        assert_eq!(stranger.status(), 403, "{url}");
    }
    assert!(runs.exists());
    writeln!(up.stdin.take().unwrap(), "go").unwrap();
    assert!(up.wait().unwrap().success());
}

#[test]
fn a_command_ended_by_a_signal_is_reported_as_shells_do() {
    let status = exec("kill -KILL $$").status().unwrap();
    assert_eq!(status.code(), Some(137));
}
