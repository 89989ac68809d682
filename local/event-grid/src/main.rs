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

use serde_json::json;
use storage_client::{Account, Container, Queue, Service};
use tokio::net::TcpListener;
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

/// The value after a flag.
fn flag(name: &str) -> Option<String> {
    env::args().skip_while(|argument| argument != name).nth(1)
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
    container.create().await?;
    for unwatched in flag(UNWATCHED).iter().flat_map(|names| names.split(',')) {
        Container::new(blobs.clone(), unwatched).create().await?;
    }
    queue.create().await?;
    let receipts = Receipts::open(data.into())?;
    // Who can connect knows that container and queue are there.
    let listener = TcpListener::bind(listen).await?;
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
