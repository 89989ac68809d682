//! What is measured of payments.

use std::env;

use mysql_async::prelude::Queryable;

use crate::Outcome;
use crate::database::commit_alone;
use crate::load::{self, CLIENTS, Load, MEASURED, Measured, Work};
use crate::platform::{Instance, PAYMENTS, Platform, Way};
use crate::process::Usage;
use crate::report::{Report, Row};
use crate::town::{PREPARED, Town};
use crate::{no_work, payers, told};

/// How many million payments the case with a history begins with. It takes long, so it is left out
/// unless this is set.
const HISTORY_MILLIONS: &str = "BENCH_HISTORY_MILLIONS";

/// What the service is compared with.
const REFERENCE: &str = "one-by-one";

/// One load on one platform.
#[derive(Clone, Copy)]
struct Case<'a> {
    name: &'a str,
    program: &'static str,
    way: Way,
    instances: usize,
    clients: usize,
    /// `None`: as many as there can be.
    per_second: Option<f64>,
    /// All payments go to one shop.
    is_hot: bool,
    history_millions: u64,
}

const UNIFORM: Case<'static> = Case {
    name: "engine-uniform",
    program: PAYMENTS,
    way: Way::Hosted,
    instances: 1,
    clients: CLIENTS,
    per_second: None,
    is_hot: false,
    history_millions: 0,
};

const CASES: [Case<'static>; 7] = [
    Case { name: "reference-uniform", program: REFERENCE, ..UNIFORM },
    Case { name: "reference-hot", program: REFERENCE, is_hot: true, ..UNIFORM },
    UNIFORM,
    Case { name: "engine-hot", is_hot: true, ..UNIFORM },
    Case { name: "engine-direct", way: Way::Direct, ..UNIFORM },
    Case { name: "engine-two-instances", instances: 2, ..UNIFORM },
    Case { name: "engine-one-client", clients: 1, ..UNIFORM },
];
/// Events that are not relayed yet: the lines of all rows.
const WAITING: &str =
    "SELECT CAST(SUM(1 + LENGTH(body) - LENGTH(REPLACE(body, '\n', ''))) AS SIGNED)
    FROM outbox";
/// Half of what the case before it could do, so it needs that one.
const HALF_RATE: &str = "engine-half-rate";
const NO_WORK: &str = "no-work";
const HOME: &str = "home";
/// People who open the app at the same time, and again once they see it.
const HOME_CLIENTS: usize = 4;
/// First screens that are made ready: more than can be shown in the time.
const HOMES_PREPARED: usize = 200_000;
const BARE_COMMIT: &str = "bare-commit";

/// Runs all cases of payments, or those that are named.
pub(crate) async fn payments(wanted: &[String]) -> Outcome<Report> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let platform = Platform::start().await?;
    let mut report = Report::default();
    if is_wanted(NO_WORK) {
        no_work::run(&platform, NO_WORK, &mut report).await?;
    }
    // Before the others, while the hub is empty: the consumer begins with its first event.
    if is_wanted(told::PACED) || is_wanted(told::SATURATED) {
        told::run(&platform, &mut report).await?;
    }
    for case in CASES.into_iter().filter(|case| is_wanted(case.name)) {
        case.run(&platform, &mut report).await?;
    }
    if let Some(most) = report.per_second(UNIFORM.name).filter(|_| is_wanted(HALF_RATE)) {
        let per_second = Some(most / 2.0);
        Case { name: HALF_RATE, per_second, ..UNIFORM }.run(&platform, &mut report).await?;
    }
    if is_wanted(HOME) {
        homes(&platform, &mut report).await?;
    }
    if is_wanted(BARE_COMMIT) {
        bare_commit(&platform, &mut report).await?;
    }
    match env::var(HISTORY_MILLIONS) {
        Ok(millions) => {
            // A figure of another size than the usual one must not bear its name.
            let name = &format!("engine-{millions}m-rows");
            let history_millions = millions.parse()?;
            Case { name, history_millions, ..UNIFORM }.run(&platform, &mut report).await?;
        }
        Err(_) => report.note("engine-20m-rows: left out; `make bench-20m` has it".to_owned()),
    }
    Ok(report)
}

impl Case<'_> {
    async fn run(self, platform: &Platform, report: &mut Report) -> Outcome<()> {
        eprintln!("bench: {}", self.name);
        let schema = self.name.replace('-', "_");
        platform.create_schema(PAYMENTS, &schema).await?;
        let mut conn = platform.server.connect(&schema).await?;
        let town = Town::found(&mut conn).await?;
        if self.history_millions > 0 {
            town.remember(&mut conn, self.history_millions).await?;
        }
        let orders = town.ask_to_be_paid(&mut conn, PREPARED, self.is_hot).await?;
        let mut instances = Vec::new();
        for number in 1..=self.instances {
            instances.push(platform.serve(self.program, self.way, &schema, number).await?);
        }
        let work = Work::Once(payers::sign(&platform.issuer, &town, &orders)?);
        let measured = self.load(platform, &instances, work, 201).await?;
        let waiting: Option<Option<u64>> = conn.query_first(WAITING).await?;
        for instance in &instances {
            report.note(format!("{}: {}", self.name, instance.state()?));
        }
        drop(instances);
        report.add(Row::new(self.name, self.clients, &measured));
        report.note_usage(self.name, &measured, waiting.flatten().unwrap_or_default());
        conn.disconnect().await?;
        platform.audit(&schema).await?;
        platform.server.drop(&schema).await
    }

    async fn load(
        self,
        platform: &Platform,
        instances: &[Instance],
        work: Work,
        expected: u16,
    ) -> Outcome<Measured> {
        let addresses: Vec<_> = instances.iter().map(|instance| instance.address).collect();
        let own = instances.iter().flat_map(|instance| instance.processes.clone());
        let processes: Vec<_> = own.chain(platform.processes()).collect();
        let usage = || Usage::of(&processes);
        let load = Load { clients: self.clients, per_second: self.per_second };
        load::run(&addresses, load, work, expected, usage).await
    }
}

/// First screens of people who have all paid a few times. The number of their unread notifications
/// is not there: that service does not run here.
async fn homes(platform: &Platform, report: &mut Report) -> Outcome<()> {
    eprintln!("bench: {HOME}");
    let case = Case { name: HOME, way: Way::Direct, ..UNIFORM };
    platform.create_schema(PAYMENTS, HOME).await?;
    let mut conn = platform.server.connect(HOME).await?;
    let town = Town::found(&mut conn).await?;
    let orders = town.ask_to_be_paid(&mut conn, PREPARED, case.is_hot).await?;
    let instances = [platform.serve(case.program, case.way, HOME, 1).await?];
    let payments = Work::Once(payers::sign(&platform.issuer, &town, &orders)?);
    case.load(platform, &instances, payments, 201).await?;
    let opened = payers::open_apps(&platform.issuer, &town, HOMES_PREPARED);
    let case = Case { clients: HOME_CLIENTS, ..case };
    let measured = case.load(platform, &instances, Work::Once(opened), 200).await?;
    report.add(Row::new(HOME, HOME_CLIENTS, &measured));
    report.note_usage(HOME, &measured, 0);
    drop(instances);
    conn.disconnect().await?;
    platform.server.drop(HOME).await
}

async fn bare_commit(platform: &Platform, report: &mut Report) -> Outcome<()> {
    eprintln!("bench: {BARE_COMMIT}");
    let schema = "bare_commit";
    platform.server.create(schema).await?;
    let mut conn = platform.server.connect(schema).await?;
    let latencies = commit_alone(&mut conn).await?;
    report.add(Row::of_latencies(BARE_COMMIT, 1, &latencies, MEASURED));
    conn.disconnect().await?;
    platform.server.drop(schema).await
}
