//! The official SDK's clients, opened on an emulator. Each test runs them on its own current-thread
//! runtime: on several threads the SDK can miss an acknowledgement and wait for ever. Hence also a
//! deadline on every call.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::OffsetDateTime,
};
use azure_messaging_eventhubs::{
    ConsumerClient, EventDataBatchOptions, OpenReceiverOptions, ProducerClient, StartLocation,
    StartPosition,
    models::{EventData, ReceivedEventData},
};
use futures_util::StreamExt as _;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use tokio::time::timeout;

use crate::emulator::IDENTITY_SECRET;

const DEADLINE: Duration = Duration::from_secs(10);
/// What tokens for event hubs are for.
pub(crate) const EVENT_HUBS: &str = "https://eventhubs.azure.net";
const NAMESPACE: &str = "emulator.servicebus.windows.net";

#[derive(Debug)]
struct Credential(String);

impl TokenCredential for Credential {
    fn get_token<'a, 'b, 'c, 'd, 'e>(
        &'a self,
        _scopes: &'b [&'c str],
        _options: Option<TokenRequestOptions<'d>>,
    ) -> Pin<Box<dyn Future<Output = azure_core::Result<AccessToken>> + Send + 'e>>
    where
        'a: 'e,
        'b: 'e,
        'c: 'e,
        'd: 'e,
    {
        let expires = OffsetDateTime::now_utc() + Duration::from_secs(3600);
        Box::pin(async move { Ok(AccessToken::new(self.0.clone(), expires)) })
    }
}

/// A token for a resource, as platform-identity makes it.
pub(crate) fn token(secret: &str, resource: &str) -> String {
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let claims = json!({ "aud": resource, "nbf": now, "exp": now + 3600 });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// The call's result; panics when it takes longer than any call may.
pub(crate) async fn within<T>(call: impl Future<Output = T>) -> T {
    timeout(DEADLINE, call).await.expect("the call to end in time")
}

pub(crate) async fn producer(url: &str, hub: &str) -> ProducerClient {
    open_producer(url, hub, token(IDENTITY_SECRET, EVENT_HUBS)).await.unwrap()
}

pub(crate) async fn open_producer(
    url: &str,
    hub: &str,
    token: String,
) -> azure_messaging_eventhubs::Result<ProducerClient> {
    let client = ProducerClient::builder().with_custom_endpoint(url.to_owned()).open(
        NAMESPACE,
        hub,
        Arc::new(Credential(token)),
    );
    within(client).await
}

pub(crate) async fn consumer(url: &str, hub: &str, group: &str) -> ConsumerClient {
    let client = ConsumerClient::builder()
        .with_custom_endpoint(url.to_owned())
        .with_consumer_group(group.to_owned())
        .open(NAMESPACE, hub.to_owned(), Arc::new(Credential(token(IDENTITY_SECRET, EVENT_HUBS))));
    within(client).await.unwrap()
}

/// Sends the bodies as one batch.
pub(crate) async fn send_batch(
    producer: &ProducerClient,
    options: EventDataBatchOptions,
    bodies: &[&str],
) -> azure_messaging_eventhubs::Result<()> {
    let batch = within(producer.create_batch(Some(options))).await?;
    for body in bodies {
        let event = EventData::builder().with_body(body.as_bytes().to_vec()).build();
        assert!(batch.try_add_event_data(event, None)?);
    }
    within(producer.send_batch(batch, None)).await
}

pub(crate) fn from(location: StartLocation, inclusive: bool) -> StartPosition {
    StartPosition { location, inclusive }
}

/// Receives `count` events from the start position on.
pub(crate) async fn receive(
    consumer: &ConsumerClient,
    partition: &str,
    start: StartPosition,
    count: usize,
) -> Vec<ReceivedEventData> {
    let options = OpenReceiverOptions { start_position: Some(start), ..Default::default() };
    let receiver = consumer.open_receiver_on_partition(partition.to_owned(), Some(options));
    let receiver = within(receiver).await.unwrap();
    let events = receiver.stream_events().take(count).map(Result::unwrap);
    within(events.collect()).await
}

pub(crate) fn bodies(events: &[ReceivedEventData]) -> Vec<String> {
    let body = |event: &ReceivedEventData| {
        let bytes = event.event_data().body().unwrap_or_default().to_vec();
        String::from_utf8(bytes).unwrap()
    };
    events.iter().map(body).collect()
}

pub(crate) fn sequences(events: &[ReceivedEventData]) -> Vec<i64> {
    events.iter().map(|event| event.sequence_number().unwrap()).collect()
}

/// Number of events each partition of `orders` has ever got.
pub(crate) async fn counts(producer: &ProducerClient) -> Vec<i64> {
    let mut counts = Vec::new();
    for partition in ["0", "1", "2", "3"] {
        let properties = within(producer.get_partition_properties(partition)).await.unwrap();
        counts.push(properties.last_enqueued_sequence_number + 1);
    }
    counts
}
