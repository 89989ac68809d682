//! What functions-host adds to a request that it proxies: the same handler is asked through it and
//! at its own port. The handler does nothing for an answer.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use serde_json::Value;

use super::{tell, tell_aimed};
use crate::Outcome;
use crate::http::{Connection, Request};
use crate::load::{self, Load, Measured, Work};
use crate::platform::{FAQ, place_app, until_answered};
use crate::process::{Part, Program, Usage, free_address};
use crate::report::percentile;

/// What it answers without asking its database, of which there is none.
const LIVE: &str = "/api/v1/faq/health/live";
/// Connections that ask without a pause: enough for two cores.
const CLIENTS: usize = 8;
/// Of the host itself, for each request.
const CPU_US_MOST: f64 = 60.0;

pub(super) async fn measure(folder: &Path) -> Outcome<()> {
    eprintln!("bench: requests");
    let (app, state) = (folder.join(FAQ), folder.join("host"));
    let nowhere = ("FAQ_MYSQL_URL".to_owned(), "mysql://faq@127.0.0.1:9/faq".to_owned());
    place_app(&app, FAQ, &[nowhere])?;
    let front = free_address()?;
    let [app, state] = [app, state].map(|path| path.display().to_string());
    let listen = front.to_string();
    let args = ["start", &app, "--quiet", "--state", &state, "--listen", &listen];
    let host = Program::start("functions-host", &args, &[], &folder.join("host.log"))?;
    until_answered(front, &Request::get(LIVE)).await?;
    let handler = handler_of(front).await?;
    let pid = fs::read_to_string(format!("{state}/{FAQ}.handler.pid"))?.parse()?;
    let processes = [(Part::FunctionsHost, host.pid()), (Part::Handler, pid)];

    let direct = ask(handler, 1, &processes).await?;
    let through = ask(front, 1, &processes).await?;
    tell("one client, p50 of the handler itself", p50_us(&direct), "µs");
    tell("  through functions-host", p50_us(&through), "µs");
    tell("  added", p50_us(&through) - p50_us(&direct), "µs");
    tell("  CPU of functions-host a request", cpu_us(&through), "µs");
    let direct = ask(handler, CLIENTS, &processes).await?;
    let through = ask(front, CLIENTS, &processes).await?;
    let clients = format!("{CLIENTS} clients");
    tell(&format!("{clients}, requests of the handler itself"), rate(&direct), "/s");
    tell("  through functions-host", rate(&through), "/s");
    let cpu = cpu_us(&through);
    tell_aimed("  CPU of functions-host a request", cpu, "µs", CPU_US_MOST);
    Ok(())
}

/// Where the handler listens, which the host tells.
async fn handler_of(front: SocketAddr) -> Outcome<SocketAddr> {
    let mut connection = Connection::open(front).await?;
    connection.ask(&Request::get("/admin/host/status")).await?;
    let status: Value = serde_json::from_slice(connection.body())?;
    let port = status.pointer("/apps/0/port").and_then(Value::as_u64).ok_or("no handler")?;
    Ok((Ipv4Addr::LOCALHOST, u16::try_from(port)?).into())
}

async fn ask(address: SocketAddr, clients: usize, processes: &[(Part, u32)]) -> Outcome<Measured> {
    let load = Load { clients, per_second: None };
    let usage = || Usage::of(processes);
    let work = Work::Again(Request::get(LIVE));
    let measured = load::run(&[address], load, work, 200, usage).await?;
    measured.first_error.clone().map_or(Ok(measured), |error| Err(error.into()))
}

fn p50_us(measured: &Measured) -> f64 {
    percentile(&measured.latencies_us, 50)
}

fn rate(measured: &Measured) -> f64 {
    measured.answers() / measured.elapsed.as_secs_f64()
}

/// CPU time of the host for each answer.
fn cpu_us(measured: &Measured) -> f64 {
    let used = measured.usage.0.get(&Part::FunctionsHost).copied().unwrap_or_default();
    used.as_secs_f64() * 1e6 / measured.answers()
}
