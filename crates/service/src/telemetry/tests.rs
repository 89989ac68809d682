//! The export against an ingestion endpoint of the test's own.

use std::io::Read;
use std::sync::Mutex;
use std::time::Instant;

use azure_core::credentials::{AccessToken, TokenRequestOptions};
use azure_core::time::OffsetDateTime;
use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::net::TcpListener;
use warp::Filter;
use warp::hyper::body::Bytes;

use super::*;

#[derive(Debug)]
struct Identity;

#[async_trait::async_trait]
impl TokenCredential for Identity {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://monitor.azure.com/.default"]);
        Ok(AccessToken::new("of-the-service", OffsetDateTime::now_utc()))
    }
}

fn export_to(address: std::net::SocketAddr) -> Export {
    let key = "InstrumentationKey=00000000-0000-0000-0000-000000000000";
    let connection_string = format!("{key};IngestionEndpoint=http://{address}/");
    Export::start("tested", &connection_string, Arc::new(Identity)).unwrap()
}

fn step(context: TraceContext) -> Span {
    Span {
        context,
        kind: SpanKind::Consumer,
        name: "consume".into(),
        elapsed: Duration::from_millis(1500),
        has_failed: true,
        attributes: vec![KeyValue::new("outcome", "parked")],
        causes: vec![TraceContext::root()],
    }
}

/// The items that an ingestion gets until the export has ended, and the proofs it is shown.
async fn exported(tell: impl FnOnce(&Export)) -> (Vec<Value>, Vec<String>) {
    let received = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    let receiver = Arc::clone(&received);
    let route = warp::path!("v2" / "track")
        .and(warp::header("authorization"))
        .and(warp::body::bytes())
        .map(move |proof: String, body: Bytes| {
            let mut text = String::new();
            GzDecoder::new(&*body).read_to_string(&mut text).unwrap();
            let items: Vec<Value> = serde_json::from_str(&text).unwrap();
            let mut received = receiver.lock().unwrap();
            received.0.extend(items);
            received.1.push(proof);
            "{}"
        });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let export = export_to(listener.local_addr().unwrap());
    tokio::spawn(warp::serve(route).incoming(listener).run());
    tell(&export);
    flush_in_time(move || export.shut_down()).await;
    std::mem::take(&mut *received.lock().unwrap())
}

#[tokio::test]
async fn a_step_is_sent_in_its_trace_and_with_the_services_identity() {
    let before = TraceContext::root();
    let (items, proofs) = exported(|export| export.record(step(before.child()))).await;

    let [item] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(item["tags"]["ai.cloud.role"], "tested");
    assert_eq!(item["tags"]["ai.operation.id"], before.trace_id());
    let parent = before.span_context().span_id().to_string();
    assert_eq!(item["tags"]["ai.operation.parentId"], parent);
    let data = &item["data"]["baseData"];
    assert_eq!((&data["name"], &data["success"]), (&"consume".into(), &false.into()));
    assert_eq!(data["duration"], "0.00:00:01.500000");
    assert_eq!(data["properties"]["outcome"], "parked");
    assert!(data["properties"]["_MS.links"].as_str().is_some_and(|links| links.contains("id")));
    assert_eq!(proofs, ["Bearer of-the-service"]);
}

#[tokio::test]
async fn metrics_that_were_counted_are_sent_at_the_end() {
    let (items, _) = exported(|export| {
        let events = export.meter.u64_counter("events").build();
        events.add(2, &[KeyValue::new("outcome", "applied")]);
        events.add(3, &[KeyValue::new("outcome", "applied")]);
    })
    .await;
    let [item] = items.as_slice() else { panic!("{items:?}") };
    let data = &item["data"]["baseData"];
    assert_eq!(data["metrics"][0]["value"], 5.0);
    assert_eq!(data["properties"]["outcome"], "applied");
}

#[tokio::test]
async fn an_ingestion_that_never_answers_delays_nothing_and_is_left_behind_at_the_end() {
    // The kernel accepts connections; nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let export = export_to(listener.local_addr().unwrap());
    let start = Instant::now();
    for _ in 0..10 * QUEUE_LENGTH {
        export.record(step(TraceContext::root()));
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());

    let start = Instant::now();
    flush_in_time(move || export.shut_down()).await;
    assert!(start.elapsed() < FLUSH_TIMEOUT * 2, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_connection_string_of_another_form_is_refused() {
    let refused = Export::start("tested", "IngestionEndpoint", Arc::new(Identity));
    assert!(matches!(refused, Err(ConfigError::Invalid(CONNECTION_STRING, _))));
}
