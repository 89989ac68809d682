//! An Event Hubs namespace for one machine: an AMQP 1.0 server with its events on disk, for the
//! official SDKs.
//!
//! `arguments` → `hubs` (partitions, each with its `log`) → `connection` (sessions, and what each
//! link is for) → `producer_link`, `consumer_link` (one of a partition's `readers`), `request_node`
//! (`cbs`, `management`, each a `request` and its reply). `access` is what a connection's tokens
//! let it do. `address` and `event` read and write what goes over the wire, `settled` and
//! `whole_frames` send it, `patient` gives up a client that stops. `capture` makes files of what a
//! partition got. `admin` tells where partitions end, and sets the `faults` of a hub.
//!
//! There is no shutdown sequence: what was acknowledged is synced, so killing the process is the
//! way to stop it.

mod access;
mod address;
mod admin;
mod arguments;
mod capture;
mod cbs;
mod config_file;
mod connection;
mod consumer_link;
mod event;
mod faults;
mod hub_argument;
mod hubs;
mod log;
mod management;
mod partition_key;
mod patient;
mod producer_link;
mod readers;
mod request;
mod request_node;
mod settled;
mod whole_frames;

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write as _},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tracing_subscriber::EnvFilter;

use crate::{access::Namespace, arguments::Arguments, hubs::Hubs};

/// A connection beyond these is closed at once.
const MAX_CONNECTIONS: usize = 256;
/// The Python SDK sets the segment size that it finds on its socket, which the kernel refuses above
/// 32 kB: the loopback's own is 64 kB.
const SEGMENT_BYTES_MAX: u32 = 16 * 1024;
/// Accepting fails when file descriptors run out; trying again at once would only spin.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
/// The secret that tokens of identities are signed with, as platform-identity is told it.
const IDENTITY_SECRET: &str = "IDENTITY_HEADER";
/// The key of connection strings. Without it there are none, as with `disableLocalAuth` in Azure.
const SHARED_ACCESS_KEY: &str = "SHARED_ACCESS_KEY";
/// The AMQP library logs each client that vanishes as an error.
const LOG_FILTER: &str = "warn,fe2o3_amqp=off,eventhubs_emulator=info";

/// On one thread: a refused link's attach and detach are then both queued before the client can
/// answer the attach, which would make the library detach without the reason. Files are read and
/// written on the blocking pool.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_env_filter(EnvFilter::new(LOG_FILTER))
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args().skip(1))?;
    let secret = env::var(IDENTITY_SECRET).map_err(|_| format!("{IDENTITY_SECRET} is not set"))?;
    let key = env::var(SHARED_ACCESS_KEY).ok();
    let namespace = Arc::new(Namespace::new(&secret, key.as_deref()));
    let _lock = lock(&arguments.data)?;
    let hubs = Arc::new(Hubs::open(&arguments)?);
    let listener = platform_port::listen(arguments.listen).await?;
    SockRef::from(&listener).set_tcp_mss(SEGMENT_BYTES_MAX)?;
    let mut ready = format!("ready: eventhubs-emulator amqp://{}", listener.local_addr()?);
    if let Some(address) = arguments.admin {
        let listener = platform_port::listen(address).await?;
        ready.push_str(&format!(" http://{}", listener.local_addr()?));
        tokio::spawn(admin::serve(listener, Arc::clone(&hubs)));
    }
    writeln!(io::stdout(), "{ready}")?;
    serve(listener, hubs, namespace).await;
    Ok(())
}

/// Two writers would damage the logs, so a second process on the same data stops here.
fn lock(data: &Path) -> Result<File, Box<dyn Error>> {
    fs::create_dir_all(data)?;
    let file = File::create(data.join("lock"))?;
    file.try_lock().map_err(|error| {
        format!("{} is in use by another emulator ({error}); give another --data", data.display())
    })?;
    Ok(file)
}

async fn serve(listener: TcpListener, hubs: Arc<Hubs>, namespace: Arc<Namespace>) {
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&connections).try_acquire_owned() else {
            tracing::warn!(%peer, "refused a connection: {MAX_CONNECTIONS} are open");
            continue;
        };
        let (hubs, namespace) = (Arc::clone(&hubs), Arc::clone(&namespace));
        tokio::spawn(async move {
            serve_connection(stream, peer, hubs, namespace).await;
            drop(permit);
        });
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    hubs: Arc<Hubs>,
    namespace: Arc<Namespace>,
) {
    if let Err(error) = connection::serve(stream, hubs, namespace).await {
        let told = "a connection was not opened; clients speak AMQP without TLS";
        tracing::info!(%peer, %error, "{told}");
    }
}
