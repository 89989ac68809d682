//! The platform's Event Hubs, which is killed too, and what arrived there.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use azure_messaging_eventhubs::{
    ConsumerClient, OpenReceiverOptions, StartLocation, StartPosition,
};
use events::Envelope;
use futures_util::StreamExt;
use testkit::{Program, vault_credential};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use crate::new_key;

const HUB: &str = "payments";
/// Its consumer group.
const READERS: &str = "test";
const PARTITIONS: [&str; 4] = ["0", "1", "2", "3"];
/// How long it is away.
const AWAY: Duration = Duration::from_millis(100);
const READ_LIMIT: Duration = Duration::from_secs(120);

/// Builds all, and starts that which gives the handler its tokens.
pub(super) fn identity() -> Program {
    Program::build(&["eventhubs-emulator", "platform-identity"]);
    Program::start("platform-identity", &["--listen", "127.0.0.1:0"])
}

/// A broker that keeps its address and its data over restarts.
pub(super) struct Broker {
    data: PathBuf,
    address: String,
    program: Option<Program>,
}

impl Broker {
    pub(super) fn started() -> Self {
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("payments-{}", new_key()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut broker = Self { data, address: format!("127.0.0.1:{port}"), program: None };
        broker.start();
        broker
    }

    fn start(&mut self) {
        let (data, hub) =
            (self.data.to_str().unwrap(), format!("{HUB}:{}:{READERS}", PARTITIONS.len()));
        let arguments = ["--listen", &self.address, "--data", data, "--hub", &hub];
        self.program = Some(Program::start("eventhubs-emulator", &arguments));
    }

    /// It is killed after so long, and comes again a moment later.
    pub(super) async fn crash(&mut self, after: Duration) {
        sleep(after).await;
        self.program = None;
        sleep(AWAY).await;
        self.start();
    }

    pub(super) fn endpoint(&self) -> String {
        format!("amqp://{}", self.address)
    }

    /// All events of the hub by their ids: what came twice is one, as it is to consumers.
    pub(super) fn arrived(&self) -> BTreeMap<String, Envelope> {
        let endpoint = self.endpoint();
        // One thread: on several the SDK's consumer can miss what it waits for.
        let read = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { timeout(READ_LIMIT, read(&endpoint)).await }).unwrap()
        });
        read.join().unwrap()
    }
}

async fn read(endpoint: &str) -> BTreeMap<String, Envelope> {
    let consumer = ConsumerClient::builder()
        .with_custom_endpoint(endpoint.to_owned())
        .with_consumer_group(READERS.to_owned())
        .open("127.0.0.1", HUB.to_owned(), vault_credential())
        .await
        .unwrap();
    let mut arrived = BTreeMap::new();
    for partition in PARTITIONS {
        let properties = consumer.get_partition_properties(partition).await.unwrap();
        let count = usize::try_from(properties.last_enqueued_sequence_number + 1).unwrap();
        let start_position =
            Some(StartPosition { location: StartLocation::Earliest, inclusive: false });
        let options = OpenReceiverOptions { start_position, ..Default::default() };
        let receiver =
            consumer.open_receiver_on_partition(partition.to_owned(), Some(options)).await.unwrap();
        let mut events = receiver.stream_events().take(count);
        while let Some(event) = events.next().await {
            let event = event.unwrap();
            let event: Envelope =
                serde_json::from_slice(event.event_data().body().unwrap()).unwrap();
            arrived.insert(event.id.clone(), event);
        }
    }
    arrived
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.program = None;
        fs::remove_dir_all(&self.data).unwrap();
    }
}
