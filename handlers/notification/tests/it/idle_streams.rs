//! What open streams cost while nothing happens.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use notification::App;
use service::redis::RedisAccount;
use testkit::{redis_account, redis_account_at};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use values::{Product, UserId};

use crate::Fixture;
use crate::event_source::{SOON, Stream, serve};

/// Between two looks of an instance, and a little more.
const AFTER_LOOK: Duration = Duration::from_secs(17);
/// Commands of MySQL's protocol that have it work: a query, and a prepared one.
const QUERY: u8 = 3;
const EXECUTE: u8 = 23;

impl Fixture {
    /// An instance whose statements are counted on their way to the database.
    async fn counted_instance(&self, redis: RedisAccount) -> (App, Arc<AtomicUsize>) {
        let url = &self.database.url;
        let place = url.split(['/', '@']).find(|part| part.contains(':') && !part.ends_with(':'));
        let place = place.unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mysql_url = url.replace(&place, &listener.local_addr().unwrap().to_string());
        let statements = Arc::new(AtomicUsize::new(0));
        tokio::spawn(carry_and_count(listener, place, Arc::clone(&statements)));
        (App::start(self.config(mysql_url, redis)).unwrap(), statements)
    }
}

async fn carry_and_count(listener: TcpListener, place: String, statements: Arc<AtomicUsize>) {
    while let Ok((client, _)) = listener.accept().await {
        let (mut from_client, mut to_client) = client.into_split();
        let store = TcpStream::connect(&place).await.unwrap();
        store.set_nodelay(true).unwrap();
        let (mut from_store, mut to_store) = store.into_split();
        tokio::spawn(async move { copy(&mut from_store, &mut to_client).await });
        let statements = Arc::clone(&statements);
        tokio::spawn(async move {
            let mut bytes = vec![0; 1 << 20];
            while let Ok(length @ 1..) = from_client.read(&mut bytes).await {
                if reads_a_table(&bytes[..length]) {
                    statements.fetch_add(1, Ordering::Relaxed);
                }
                if to_store.write_all(&bytes[..length]).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Not what a new connection says to set itself up. A client sends one command and waits for its
/// answer: three bytes of length, the number of the packet, the command.
fn reads_a_table(sent: &[u8]) -> bool {
    match sent {
        [_, _, _, 0, EXECUTE, ..] => true,
        [_, _, _, 0, QUERY, sql @ ..] => sql.windows(6).any(|word| word == b" FROM "),
        _ => false,
    }
}

#[tokio::test]
async fn a_hundred_streams_to_which_nothing_happens_cost_one_look_for_all_of_them() {
    let fixture = Fixture::new().await;
    let (app, statements) = fixture.counted_instance(redis_account()).await;
    let url = serve(&app).await;
    let mut streams = Vec::new();
    for _ in 0..100 {
        let token = fixture.token(UserId::new(), Product::Consumer);
        streams.push(Stream::open(&url, &token, None).await);
    }
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut told = Stream::open(&url, &token, None).await;
    sleep(SOON).await;
    let before = statements.load(Ordering::Relaxed);
    sleep(AFTER_LOOK).await;
    let looks = statements.load(Ordering::Relaxed).abs_diff(before);
    assert!((1..=2).contains(&looks), "{looks} statements");

    fixture.deliver_payments(&[fixture.top_up(100)]).await;
    assert_eq!(told.line(SOON).await.body, "HK$1.00 was added to your wallet.");
    let read = statements.load(Ordering::Relaxed).abs_diff(before);
    assert!(read <= 4, "one stream reads what arrived, not all: {read} statements");
}

#[tokio::test]
async fn without_redis_one_look_finds_what_is_new_for_every_stream_and_tells_it_once() {
    let fixture = Fixture::new().await;
    let away = redis_account_at("redis://127.0.0.1:9".to_owned());
    let (app, statements) = fixture.counted_instance(away).await;
    let url = serve(&app).await;
    let token = fixture.token(fixture.consumer, Product::Consumer);
    let mut told =
        [Stream::open(&url, &token, None).await, Stream::open(&url, &token, Some("0")).await];
    let mut others = Vec::new();
    for _ in 0..50 {
        let token = fixture.token(UserId::new(), Product::Consumer);
        others.push(Stream::open(&url, &token, None).await);
    }
    sleep(SOON).await;
    let before = statements.load(Ordering::Relaxed);
    let top_ups: Vec<_> = (1..=60).map(|dollars| fixture.top_up(dollars * 100)).collect();
    fixture.deliver_payments(&top_ups).await;
    for stream in &mut told {
        for dollars in 1..=60 {
            let line = stream.line(AFTER_LOOK).await;
            assert_eq!(line.body, format!("HK${dollars}.00 was added to your wallet."));
        }
    }
    // Two looks at most, and two pages for each of the two streams.
    let read = statements.load(Ordering::Relaxed).abs_diff(before);
    assert!(read <= 6, "{read} statements");
    sleep(AFTER_LOOK).await;
    fixture.deliver_payments(&[fixture.top_up(6_100)]).await;
    for stream in &mut told {
        assert_eq!(stream.line(AFTER_LOOK).await.body, "HK$61.00 was added to your wallet.");
    }
}

/// Streams that one instance keeps open, and instances.
const STREAMS_MAX: usize = 1_000;
const INSTANCES: usize = 10;
const WINDOW: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures: make streams"]
async fn ten_thousand_open_streams() {
    let fixture = Fixture::new().await;
    let (mut urls, mut counts) = (Vec::new(), Vec::new());
    for _ in 0..INSTANCES {
        let (app, statements) = fixture.counted_instance(redis_account()).await;
        urls.push(serve(&app).await);
        counts.push(statements);
    }
    let tokens: Vec<String> =
        (0..STREAMS_MAX).map(|_| fixture.token(UserId::new(), Product::Consumer)).collect();
    sleep(SOON).await;
    let statements = || counts.iter().map(|count| count.load(Ordering::Relaxed)).sum::<usize>();
    let (memory, files, asked) = (resident_kb(), open_files(), statements());
    // The other ends of the connections are another process's: it has its own limit of open files.
    let mut clients = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "idle_streams::the_clients_of_ten_thousand_streams"])
        .args(["--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut orders = clients.stdin.take().unwrap();
    let opened = clients.stdout.take().unwrap();
    let work = tokio::task::spawn_blocking(move || {
        for token in &tokens {
            for url in &urls {
                writeln!(orders, "{url} {token}").unwrap();
            }
        }
        writeln!(orders).unwrap();
        let mut lines = BufReader::new(opened).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.ends_with(OPEN)), "not all streams opened");
        (orders, lines)
    });
    let (orders, _rest) = work.await.unwrap();
    println!(
        "{} streams of {INSTANCES} instances in one process: {} kB, {} more open files, \
         {} statements to open them",
        STREAMS_MAX * INSTANCES,
        resident_kb() - memory,
        open_files() - files,
        statements() - asked,
    );
    let (cpu, asked) = (cpu_seconds(), statements());
    sleep(WINDOW).await;
    let (cpu, asked) = (cpu_seconds() - cpu, statements() - asked);
    println!(
        "idle for {WINDOW:?}: {asked} statements, {:.1} % of a core for all",
        cpu / WINDOW.as_secs_f64() * 100.0
    );
    // Each instance looks at most three times in that time, by two statements.
    assert!((INSTANCES..=INSTANCES * 6).contains(&asked), "{asked} statements");
    drop(orders);
    assert!(clients.wait().unwrap().success());
}

/// What the other process says once it has all streams.
const OPEN: &str = "all are open";
/// Streams that it opens at once.
const OPENING: usize = 50;

#[tokio::test]
#[ignore = "the other process of ten_thousand_open_streams"]
async fn the_clients_of_ten_thousand_streams() {
    let lines: Vec<String> = std::io::stdin()
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let mut open = Vec::new();
    for orders in lines.chunks(OPENING) {
        open.extend(join_all(orders.iter().map(|order| open_silently(order))).await);
    }
    println!("{OPEN}");
    // Until the other process has seen enough.
    std::io::stdin().lines().for_each(drop);
    assert_eq!(open.len(), lines.len());
}

/// A stream of which only the first bytes are read.
async fn open_silently(order: &str) -> TcpStream {
    let (url, token) = order.split_once(' ').unwrap();
    let (place, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(place).await.unwrap();
    let request =
        format!("GET /{path} HTTP/1.1\r\nhost: {place}\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    while !received.windows(6).any(|field| field == b"retry:") {
        let length = stream.read_buf(&mut received).await.unwrap();
        assert!(length > 0, "the stream did not open");
    }
    assert!(received.starts_with(b"HTTP/1.1 200"));
    stream
}

fn resident_kb() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Of this process, in hundredths of a second as Linux counts.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
