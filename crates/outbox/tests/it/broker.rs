//! The platform's Event Hubs, and what arrived there.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use azure_identity::ManagedIdentityCredential;
use azure_messaging_eventhubs::{
    ConsumerClient, OpenReceiverOptions, StartLocation, StartPosition,
};
use events::Envelope;
use futures_util::StreamExt;
use outbox::Hub;
use testkit::Program;
use tokio::time::timeout;
use uuid::Uuid;

const HUB: &str = "counted";
/// Its consumer group.
const READERS: &str = "test";
const PARTITIONS: [&str; 4] = ["0", "1", "2", "3"];
const READ_TIMEOUT: Duration = Duration::from_secs(20);

/// A broker that keeps its address and its data over restarts.
pub(crate) struct Broker {
    data: PathBuf,
    address: String,
    program: Option<Program>,
}

impl Broker {
    /// A broker that is not started.
    pub(crate) fn away() -> Self {
        let name = format!("outbox-{}", Uuid::new_v4());
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { data, address: format!("127.0.0.1:{port}"), program: None }
    }

    pub(crate) fn started() -> Self {
        let mut broker = Self::away();
        broker.start();
        broker
    }

    pub(crate) fn start(&mut self) {
        let (data, hub) =
            (self.data.to_str().unwrap(), format!("{HUB}:{}:{READERS}", PARTITIONS.len()));
        let arguments = ["--listen", &self.address, "--data", data, "--hub", &hub];
        self.program = Some(Program::start("eventhubs-emulator", &arguments));
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.program = None;
    }

    pub(crate) fn hub(&self) -> Hub {
        let endpoint = format!("amqp://{}", self.address);
        Hub { name: HUB, endpoint, client_id: "outbox-test".to_owned() }
    }

    /// All events of the hub, by partition, each in its order.
    pub(crate) async fn read(&self) -> Vec<Vec<Envelope>> {
        timeout(READ_TIMEOUT, self.read_partitions()).await.unwrap()
    }

    async fn read_partitions(&self) -> Vec<Vec<Envelope>> {
        let consumer = ConsumerClient::builder()
            .with_custom_endpoint(format!("amqp://{}", self.address))
            .with_consumer_group(READERS.to_owned())
            .open("127.0.0.1", HUB.to_owned(), ManagedIdentityCredential::new(None).unwrap())
            .await
            .unwrap();
        let mut partitions = Vec::new();
        for partition in PARTITIONS {
            let properties = consumer.get_partition_properties(partition).await.unwrap();
            let count = usize::try_from(properties.last_enqueued_sequence_number + 1).unwrap();
            let start_position =
                Some(StartPosition { location: StartLocation::Earliest, inclusive: false });
            let options = OpenReceiverOptions { start_position, ..Default::default() };
            let receiver = consumer
                .open_receiver_on_partition(partition.to_owned(), Some(options))
                .await
                .unwrap();
            let events = receiver.stream_events().take(count).map(|event| {
                let event = event.unwrap();
                serde_json::from_slice(event.event_data().body().unwrap()).unwrap()
            });
            partitions.push(events.collect().await);
        }
        partitions
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.program = None;
        // A broker that was never started has no data.
        let _nothing_to_remove = fs::remove_dir_all(&self.data);
    }
}
