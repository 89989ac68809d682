//! `event-grid --listen ADDRESS --data FOLDER --container NAME --queue NAME`: tells a queue of each
//! blob that is written into a container, as Event Grid does in Azure.
//!
//! Azurite tells nobody, so the container is listed each second: the folders of today and yesterday
//! (`YYYY/MM/DD/`, UTC). At least once: a kill between message and receipt repeats the message.
//! `EVENT_GRID_STORAGE` is the account's connection string. Container and queue are made, as Bicep
//! does in Azure. Reading order: `watch`, `cloud_event`, `receipts`.

mod cloud_event;
mod receipts;
mod watch;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use storage_client::{Account, Container, Queue, Service, StorageError};
use tokio::time::{Instant, sleep};
use warp::Filter;

use crate::receipts::Receipts;
use crate::watch::Watch;

const USAGE: &str = "usage: EVENT_GRID_STORAGE=… event-grid --listen ADDRESS --data FOLDER \
     --container NAME --queue NAME [--unwatched NAME,…]";
const FLAGS: [&str; 4] = ["--listen", "--data", "--container", "--queue"];
/// Containers that are made, as the deployment makes them, and of which nobody is told.
const UNWATCHED: &str = "--unwatched";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let flags = FLAGS.map(flag);
    let ([Some(listen), Some(data), Some(container), Some(queue)], Ok(storage)) =
        (flags, env::var("EVENT_GRID_STORAGE"))
    else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(&listen, &data, &container, &queue, &storage).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("event-grid: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How long the account may take to answer for the first time, and between two tries.
const ACCOUNT_LIMIT: Duration = Duration::from_secs(45);
const ACCOUNT_PAUSE: Duration = Duration::from_secs(1);

/// The value after a flag.
fn flag(name: &str) -> Option<String> {
    env::args().skip_while(|argument| argument != name).nth(1)
}

/// Makes what is not there yet. An account that does not answer may be starting, as after a kill.
async fn create(containers: &[Container], queue: &Queue) -> Result<(), StorageError> {
    let began = Instant::now();
    loop {
        let created = async {
            for container in containers {
                container.create().await?;
            }
            queue.create().await
        };
        match created.await {
            Err(error @ StorageError::Transport(_)) if began.elapsed() < ACCOUNT_LIMIT => {
                eprintln!("event-grid: waits for the account: {error}");
                sleep(ACCOUNT_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

async fn run(
    listen: &str,
    data: &str,
    container: &str,
    queue: &str,
    storage: &str,
) -> Result<(), Box<dyn Error>> {
    let blobs = Account::of_connection_string(storage, Service::Blob)?;
    let queues = Account::of_connection_string(storage, Service::Queue)?;
    let container = Container::new(blobs.clone(), container);
    let queue = Queue::new(queues, queue);
    let unwatched = flag(UNWATCHED);
    let unwatched = unwatched.iter().flat_map(|names| names.split(','));
    let mut containers: Vec<Container> =
        unwatched.map(|name| Container::new(blobs.clone(), name)).collect();
    containers.push(container.clone());
    create(&containers, &queue).await?;
    let receipts = Receipts::open(data.into())?;
    // Who can connect knows that container and queue are there.
    let listener = platform_port::listen(listen).await?;
    writeln!(io::stdout(), "ready: event-grid http://{}", listener.local_addr()?)?;
    let told = Arc::new(AtomicU64::new(0));
    let watch = Watch { container, queue, receipts, told: Arc::clone(&told) };
    let status = warp::any()
        .map(move || warp::reply::json(&json!({ "events": told.load(Ordering::Relaxed) })));
    tokio::select! {
        () = watch.run() => {}
        () = warp::serve(status).incoming(listener).run() => {}
    }
    Ok(())
}
