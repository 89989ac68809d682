//! Clients that ask without a pause, each on a connection of its own, and how long they wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout};

use crate::Outcome;
use crate::http::{Connection, Request};
use crate::process::Usage;

/// So many saturate two cores.
pub(crate) const CLIENTS: usize = 128;
/// Before the clock starts: pools fill, and caches.
pub(crate) const WARM_UP: Duration = Duration::from_secs(2);
/// How long is measured.
pub(crate) const MEASURED: Duration = Duration::from_secs(10);
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

const WARMING_UP: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

/// What is asked.
pub(crate) enum Work {
    /// Each of these once. When they run out, the measurement ends.
    Once(Vec<Request>),
    /// The same again and again.
    Again(Request),
}

impl Work {
    fn get(&self, number: usize) -> Option<&Request> {
        match self {
            Self::Once(requests) => requests.get(number),
            Self::Again(request) => Some(request),
        }
    }
}

/// What the clients met.
pub(crate) struct Measured {
    /// What each answer took that came while it was measured, in microseconds, the shortest first.
    pub(crate) latencies_us: Vec<u64>,
    pub(crate) elapsed: Duration,
    /// CPU time in the meantime.
    pub(crate) usage: Usage,
    /// Other answers than the expected one, and none, from the first to the last.
    pub(crate) errors: usize,
    /// The first of them.
    pub(crate) first_error: Option<String>,
}

impl Measured {
    /// How many answers came: never none, so that figures can be divided by it.
    pub(crate) fn answers(&self) -> f64 {
        f64::from(u32::try_from(self.latencies_us.len()).unwrap_or(u32::MAX).max(1))
    }
}

struct Shared {
    work: Work,
    /// When the first was asked, and how long after each the next is; `None` to ask as soon as one
    /// was answered.
    pace: Option<(Instant, Duration)>,
    next: AtomicUsize,
    phase: AtomicU8,
    expected: u16,
}

impl Shared {
    /// What begins late, because all clients still wait, has waited from this moment on.
    fn due(&self, number: usize) -> Option<Instant> {
        let (first, pace) = self.pace?;
        first.checked_add(pace.saturating_mul(u32::try_from(number).ok()?))
    }
}

/// How much is asked at once, and how often.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) clients: usize,
    /// So many in a second, as long as clients are free for it; `None` for as many as there can be.
    pub(crate) per_second: Option<f64>,
}

/// Lets clients ask at `addresses`, one after the other of them. `usage` says how much CPU time was
/// used so far.
pub(crate) async fn run(
    addresses: &[SocketAddr],
    load: Load,
    work: Work,
    expected: u16,
    usage: impl Fn() -> Outcome<Usage>,
) -> Outcome<Measured> {
    let Load { clients, per_second } = load;
    let (next, phase) = (AtomicUsize::new(0), AtomicU8::new(WARMING_UP));
    let pace = per_second.map(|rate| (Instant::now(), Duration::from_secs_f64(1.0 / rate)));
    let shared = Arc::new(Shared { work, pace, next, phase, expected });
    let mut running = JoinSet::new();
    for (_, address) in (0..clients).zip(addresses.iter().cycle()) {
        running.spawn(Client::default().ask_on(*address, Arc::clone(&shared)));
    }
    sleep(WARM_UP).await;
    let (before, start) = (usage()?, Instant::now());
    shared.phase.store(MEASURING, Ordering::Relaxed);
    let mut ended = Vec::new();
    let all_ended = async {
        while let Some(client) = running.join_next().await {
            ended.push(client);
        }
    };
    // Either way of ending is good: the rate is of the time that it took.
    let _elapsed = timeout(MEASURED, all_ended).await;
    shared.phase.store(OVER, Ordering::Relaxed);
    let elapsed = start.elapsed();
    let usage = usage()?.since(&before);
    while let Some(client) = running.join_next().await {
        ended.push(client);
    }
    let mut measured =
        Measured { latencies_us: Vec::new(), elapsed, usage, errors: 0, first_error: None };
    for client in ended {
        let client = client?;
        measured.latencies_us.extend(client.latencies_us);
        measured.errors = measured.errors.saturating_add(client.errors);
        measured.first_error = measured.first_error.or(client.first_error);
    }
    measured.latencies_us.sort_unstable();
    Ok(measured)
}

#[derive(Default)]
struct Client {
    latencies_us: Vec<u64>,
    errors: usize,
    first_error: Option<String>,
}

impl Client {
    async fn ask_on(mut self, address: SocketAddr, shared: Arc<Shared>) -> Self {
        let mut connection = None;
        while shared.phase.load(Ordering::Relaxed) != OVER {
            let number = shared.next.fetch_add(1, Ordering::Relaxed);
            let Some(request) = shared.work.get(number) else { break };
            let due = shared.due(number);
            if let Some(due) = due {
                sleep_until(due.into()).await;
            }
            let start = due.unwrap_or_else(Instant::now);
            let answer = timeout(PATIENCE, ask(&mut connection, address, request)).await;
            let answer = answer.unwrap_or_else(|elapsed| Err(elapsed.into()));
            let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            match answer {
                Ok(status) if status == shared.expected => {
                    if shared.phase.load(Ordering::Relaxed) == MEASURING {
                        self.latencies_us.push(took);
                    }
                }
                Ok(status) => {
                    let body = connection.as_ref().map(Connection::body).unwrap_or_default();
                    self.fail(format!("{status} {}", String::from_utf8_lossy(body)));
                }
                Err(error) => {
                    connection = None;
                    self.fail(error.to_string());
                }
            }
        }
        self
    }

    fn fail(&mut self, error: String) {
        self.errors = self.errors.saturating_add(1);
        self.first_error.get_or_insert(error);
    }
}

async fn ask(
    connection: &mut Option<Connection>,
    address: SocketAddr,
    request: &Request,
) -> std::io::Result<u16> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(Connection::open(address).await?),
    };
    connection.ask(request).await
}
