//! `bench`: what a handler does with requests that cost nothing, and what memory it keeps after
//! many at once. Prints figures; judge them against another build in the same run.
#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::env;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Connections that ask without a pause.
const CLIENTS: usize = 8;
/// How long they do.
const DURATION: Duration = Duration::from_secs(5);
/// Requests that are under way at the same time, each on a connection of its own.
const AT_ONCE: usize = 1_000;
/// How long the handler may take to listen, and one answer to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the handler of a service cannot start without; nothing listens at these places.
const NOWHERE: &str = "127.0.0.1:9";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The handler that is measured; it ends with this value.
struct Handler {
    process: Child,
    address: SocketAddr,
}

impl Drop for Handler {
    fn drop(&mut self) {
        // Killed twice is killed.
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let program = env::args().nth(1).ok_or("usage: bench <the payments handler>")?;
    let handler = start(&program).await?;
    let live = request("/api/v1/payments/health/live");
    let idle = resident_kib(&handler)?;
    let per_second = ask_without_pause(handler.address, &live).await?;
    println!("{per_second} requests/s of a route that does nothing, {CLIENTS} clients");
    let ready = request("/api/v1/payments/health/ready");
    let answered = ask_at_once(handler.address, &ready).await?;
    let after = resident_kib(&handler)?;
    println!("{answered} of {AT_ONCE} requests at once answered, each with a probe of MySQL");
    println!("resident memory: {idle} KiB idle, {after} KiB after that");
    Ok(())
}

async fn start(program: &str) -> Result<Handler, Box<dyn Error>> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
    let mysql = env::var("TEST_MYSQL_URL").map_err(|_| "TEST_MYSQL_URL is not set")?;
    let process = Command::new(program)
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", address.port().to_string())
        .env("PAYMENTS_MYSQL_URL", format!("{mysql}/mysql"))
        .env("AUTH_URL", format!("http://{NOWHERE}"))
        .env("PAYMENTS_NOTIFICATION_URL", format!("http://{NOWHERE}"))
        .env("PAYMENTS_EVENTS_ENDPOINT", format!("amqp://{NOWHERE}"))
        .env("AZURE_CLIENT_ID", "bench")
        .env("RUST_LOG", "off")
        .stdout(Stdio::null())
        .spawn()?;
    let handler = Handler { process, address };
    let start = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        if start.elapsed() > PATIENCE {
            return Err("the handler does not listen".into());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(handler)
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n")
}

async fn ask_without_pause(address: SocketAddr, request: &str) -> Result<u64, Box<dyn Error>> {
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let request = request.to_owned();
        clients.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            let start = Instant::now();
            let mut answers = 0_u64;
            while start.elapsed() < DURATION {
                ask(&mut stream, &request).await?;
                answers = answers.saturating_add(1);
            }
            Ok::<u64, std::io::Error>(answers)
        });
    }
    let mut all = 0_u64;
    while let Some(answers) = clients.join_next().await {
        all = all.saturating_add(answers??);
    }
    Ok(all.checked_div(DURATION.as_secs()).unwrap_or_default())
}

async fn ask_at_once(address: SocketAddr, request: &str) -> Result<usize, Box<dyn Error>> {
    let mut streams = Vec::with_capacity(AT_ONCE);
    for _ in 0..AT_ONCE {
        streams.push(TcpStream::connect(address).await?);
    }
    let mut asked = JoinSet::new();
    for mut stream in streams {
        let request = request.to_owned();
        asked.spawn(async move { timeout(PATIENCE, ask(&mut stream, &request)).await });
    }
    let answers = asked.join_all().await;
    Ok(answers.iter().filter(|answer| matches!(answer, Ok(Ok(())))).count())
}

/// Sends the request and reads its whole answer, whose length the header says.
async fn ask(stream: &mut TcpStream, request: &str) -> std::io::Result<()> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if length.and_then(|length| length.parse().ok()) == Some(body.len()) {
            return Ok(());
        }
    }
}

fn resident_kib(handler: &Handler) -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", handler.process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).ok_or("no VmRSS")?;
    Ok(kib.parse()?)
}
