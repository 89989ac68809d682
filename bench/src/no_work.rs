//! What a handler does with requests that cost nothing, and what memory it keeps after many at
//! once.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Outcome;
use crate::http::{Connection, Request};
use crate::load::{self, Load, Work};
use crate::platform::{PAYMENTS, Platform, Way};
use crate::process::{Usage, resident_kib};
use crate::report::{Report, Row};

/// Connections that ask without a pause.
const CLIENTS: usize = 8;
/// Requests that are under way at the same time, each on a connection of its own.
const AT_ONCE: usize = 1_000;
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run(platform: &Platform, name: &str, report: &mut Report) -> Outcome<()> {
    // Any schema will do: the handler only asks whether the server is there.
    let instance = platform.serve(PAYMENTS, Way::Direct, "mysql", 1).await?;
    let processes = instance.processes.clone();
    let pid = processes.first().ok_or("no handler")?.1;
    let idle = resident_kib(pid)?;
    let live = Work::Again(Request::get("/api/v1/payments/health/live"));
    let usage = || Usage::of(&processes);
    let load = Load { clients: CLIENTS, per_second: None };
    let measured = load::run(&[instance.address], load, live, 200, usage).await?;
    report.add(Row::new(name, CLIENTS, &measured));
    let ready = Request::get("/api/v1/payments/health/ready");
    let answered = ask_at_once(instance.address, &ready).await?;
    let after = resident_kib(pid)?;
    report.note(format!(
        "{name}: {answered} of {AT_ONCE} requests at once answered, each with a probe of MySQL; \
         resident memory {idle} KiB idle, {after} KiB after that"
    ));
    Ok(())
}

async fn ask_at_once(address: SocketAddr, request: &Request) -> Outcome<usize> {
    let mut connections = Vec::with_capacity(AT_ONCE);
    for _ in 0..AT_ONCE {
        connections.push(Connection::open(address).await?);
    }
    let mut asked = JoinSet::new();
    for mut connection in connections {
        let request = request.clone();
        asked.spawn(async move { timeout(PATIENCE, connection.ask(&request)).await });
    }
    let answers = asked.join_all().await;
    Ok(answers.iter().filter(|answer| matches!(answer, Ok(Ok(200)))).count())
}
