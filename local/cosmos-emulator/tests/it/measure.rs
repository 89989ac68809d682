//! What the account costs: `make cosmos-rates` prints it.

use std::fs;
use std::time::{Duration, Instant};

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::feed::FeedScope;
use azure_data_cosmos::options::ChangeFeedStartFrom;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::running::Running;

const CLIENTS: u32 = 8;
const DOCUMENTS: u32 = 10_000;
/// The documents of one account and month, say.
const PER_PARTITION: u32 = 20;

fn edge(number: u32) -> (String, String, Value) {
    let (partition, id) = (format!("account-{}", number / PER_PARTITION), format!("e{number}"));
    let document = json!({
        "id": id, "partition": partition, "label": "PAID", "_isEdge": true,
        "_vertexId": partition, "_vertexLabel": "wallet", "_sink": format!("w{number}"),
        "_sinkLabel": "wallet", "_sinkPartition": format!("w{number}"), "cents": number,
        "moved_at": "2026-11-29T12:00:00Z", "version": 1,
    });
    (partition, id, document)
}

/// How often a second all clients together did something to each document.
async fn rate(
    account: &Running,
    act: impl AsyncFn(&ContainerClient, u32) + Copy + Send + Sync + 'static,
) -> f64 {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(account.things().await);
    }
    let began = Instant::now();
    let shares = clients.iter().zip(0..).map(async |(things, client)| {
        for number in (client..DOCUMENTS).step_by(usize::try_from(CLIENTS).unwrap()) {
            act(things, number).await;
        }
    });
    futures_util::future::join_all(shares).await;
    per_second(DOCUMENTS, began.elapsed())
}

fn per_second(count: u32, took: Duration) -> f64 {
    f64::from(count) / took.as_secs_f64()
}

/// What a process has used of processors, in milliseconds.
fn used(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    // User's and system's time stand in ticks of 10 ms.
    let ticks = fields.split_whitespace().skip(11).take(2).map(|it| it.parse::<f64>().unwrap());
    ticks.sum::<f64>() * 10.0
}

/// Resident memory of a process, in bytes.
fn memory(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures, and takes its time: make cosmos-rates"]
#[expect(clippy::print_stdout, reason = "what was measured")]
async fn rates_and_memory() {
    let account = Running::start("measure");
    let empty = memory(account.pid());
    let began_with = used(account.pid());
    let upserts = rate(&account, async |things, number| {
        let (partition, id, document) = edge(number);
        things.upsert_item(partition, &id, &document, None).await.unwrap();
    })
    .await;
    let after_upserts = used(account.pid());
    let each = (memory(account.pid()) - empty) / f64::from(DOCUMENTS);
    let reads = rate(&account, async |things, number| {
        let (partition, id, _) = edge(number);
        things.read_item(partition, &id, None).await.unwrap();
    })
    .await;
    let after_reads = used(account.pid());
    let began = Instant::now();
    let (scope, start) = (FeedScope::full_container(), ChangeFeedStartFrom::Beginning);
    let things = account.things().await;
    let mut feed = things.query_change_feed::<Value>(scope, start, None).await.unwrap();
    let mut fed = 0;
    while fed < DOCUMENTS {
        fed += u32::try_from(feed.next().await.unwrap().unwrap().items().len()).unwrap();
    }
    let feed = per_second(fed, began.elapsed());
    let bytes = fs::metadata(account.log()).unwrap().len();
    let began = Instant::now();
    let account = account.kill_and_start();
    let replay = per_second(DOCUMENTS, began.elapsed());
    let [upsert, read] = [after_upserts - began_with, after_reads - after_upserts]
        .map(|used| used / f64::from(DOCUMENTS));
    println!(
        "{DOCUMENTS} documents of {} bytes, {CLIENTS} clients of Rust's SDK\n\
         upserts          {upserts:>8.0} /s, of the account's CPU {upsert:.2} ms each\n\
         point reads      {reads:>8.0} /s, of the account's CPU {read:.2} ms each\n\
         change feed      {feed:>8.0} documents/s\n\
         start again      {replay:>8.0} writes/s\n\
         memory empty     {:>8.1} MB\n\
         memory/document  {each:>8.0} bytes\n\
         log/write        {:>8} bytes",
        edge(0).2.to_string().len(),
        empty / 1e6,
        bytes / u64::from(DOCUMENTS),
    );
    drop(account);
}
