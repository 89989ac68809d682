//! The Event Hubs emulator as a process, an identity endpoint for it, and a publisher.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::OffsetDateTime;
use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{EventDataBatchOptions, ProducerClient};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::platform::{build, free_port, target_dir};

/// The hub of all tests; it has two partitions.
pub(crate) const HUB: &str = "orders";

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
            "IDENTITY_ENDPOINT": identity_endpoint(),
            "IDENTITY_HEADER": "secret",
        })
    }

    /// Publishes events to one partition, in order.
    pub(crate) fn publish(&self, partition: &str, bodies: &[String]) {
        let url = format!("amqp://{}", self.address);
        let publish = async {
            let producer = ProducerClient::builder()
                .with_custom_endpoint(url)
                .open("local", HUB, Arc::new(AnyToken))
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
        .args(["--listen", address, "--hub", &format!("{HUB}:2"), "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("ready: "), "{line}");
    process
}

/// An App Service identity endpoint that gives a token to whoever knows the header.
fn identity_endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
            assert!(request.contains("x-identity-header: secret"), "{request}");
            assert!(request.contains("client_id=shop"), "{request}");
            let expires = OffsetDateTime::now_utc().unix_timestamp() + 3600;
            let token = json!({
                "access_token": "token", "expires_on": expires.to_string(),
                "token_type": "Bearer", "resource": "https://eventhubs.azure.net/",
            });
            let token = token.to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{token}", token.len());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    format!("http://{address}/msi/token")
}

#[derive(Debug)]
struct AnyToken;

impl TokenCredential for AnyToken {
    fn get_token<'a, 'b, 'c, 'd, 'e>(
        &'a self,
        _scopes: &'b [&'c str],
        _options: Option<TokenRequestOptions<'d>>,
    ) -> std::pin::Pin<Box<dyn Future<Output = azure_core::Result<AccessToken>> + Send + 'e>>
    where
        'a: 'e,
        'b: 'e,
        'c: 'e,
        'd: 'e,
    {
        let expires = OffsetDateTime::now_utc() + Duration::from_secs(3600);
        Box::pin(async move { Ok(AccessToken::new("token", expires)) })
    }
}
