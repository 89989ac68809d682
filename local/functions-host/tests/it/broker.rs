//! The Event Hubs emulator as a process, and a publisher.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{EventDataBatchOptions, ProducerClient};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::identity;
use crate::platform::{build, free_port, target_dir};

/// The hub of all tests; it has two partitions.
pub(crate) const HUB: &str = "orders";
/// The consumer group of the app.
pub(crate) const READERS: &str = "shop";

const DEADLINE: Duration = Duration::from_secs(20);

/// A broker that keeps its port and its data over restarts.
pub(crate) struct Broker {
    pub(crate) address: String,
    data: std::path::PathBuf,
    process: Child,
}

impl Broker {
    pub(crate) fn start(data: &Path) -> Self {
        static BUILT: OnceLock<()> = OnceLock::new();
        BUILT.get_or_init(|| build(&["--bin", "eventhubs-emulator"]));
        let address = format!("127.0.0.1:{}", free_port());
        let process = spawn(&address, data);
        Self { address, data: data.to_owned(), process }
    }

    /// Kills the broker with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts the broker again on the same data and port.
    pub(crate) fn start_again(&mut self) {
        self.process = spawn(&self.address, &self.data);
    }

    /// Settings of an app that reads this broker as `SHOP_EVENTS`.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "SHOP_EVENTS__fullyQualifiedNamespace": self.address,
            "SHOP_EVENTS__credential": "managedidentity",
            "SHOP_EVENTS__clientId": "shop",
            "IDENTITY_ENDPOINT": identity::endpoint(),
            "IDENTITY_HEADER": "secret",
        })
    }

    /// Publishes events to one partition, in order.
    pub(crate) fn publish(&self, partition: &str, bodies: &[String]) {
        let url = format!("amqp://{}", self.address);
        let publish = async {
            let producer = ProducerClient::builder()
                .with_custom_endpoint(url)
                .open("local", HUB, testkit::storage_credential())
                .await
                .unwrap();
            let options = EventDataBatchOptions {
                partition_id: Some(partition.to_owned()),
                ..EventDataBatchOptions::default()
            };
            let batch = producer.create_batch(Some(options)).await.unwrap();
            for body in bodies {
                let event = EventData::builder()
                    .with_body(body.as_bytes().to_vec())
                    .add_property("kind".to_owned(), "test")
                    .build();
                assert!(batch.try_add_event_data(event, None).unwrap());
            }
            producer.send_batch(batch, None).await.unwrap();
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { timeout(DEADLINE, publish).await }).expect("events in time");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(address: &str, data: &Path) -> Child {
    let mut process = Command::new(target_dir().join("eventhubs-emulator"))
        .args(["--listen", address, "--hub", &format!("{HUB}:2:{READERS}"), "--data"])
        .arg(data)
        .env("IDENTITY_HEADER", testkit::identity_secret())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("ready: "), "{line}");
    process
}
