//! One trace from a request to what it causes in another service, as an operator sees it.

use std::env;
use std::time::{Duration, Instant};

use events::Envelope;
use inbox::{Failure, consume};
use outbox::{Hub, Outbox};
use reqwest::Client;
use serde_json::Value;
use service::database::Database;
use service::trace::TraceContext;
use service::{Api, Batch, Error, Id, NoContent, Routes, TokenVerifier};
use testkit::invocation;
use tokio::time::sleep;
use values::refusals;

use crate::broker::Broker;
use crate::own_process::in_own_process;
use crate::relay::drained;
use crate::{CountedV1, fresh_database};

/// Longer than telemetry waits to be sent.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

refusals! {
    /// What the producer answers after all.
    const REFUSALS;

    COUNTED_OUT: Malformed, "counted-out", "The request is refused after all.";
}

/// A producer and a consumer in one.
#[derive(Clone)]
struct App {
    database: Database,
    outbox: Outbox,
}

async fn count(app: App, Id(_id): Id<String>, trace: TraceContext) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let counted = app.outbox.envelope(trace, "a".to_owned(), &CountedV1 { position: 0 })?;
    app.outbox.append(&mut tx, &[counted]).await?;
    app.outbox.commit(tx).await?;
    Err(COUNTED_OUT.into())
}

async fn on_counted(app: App, batch: Batch) -> Result<(), Error> {
    consume(&app.database, batch, |_tx, event| {
        Box::pin(async move {
            if event.subject == "wrong" { Err(Failure::poison("wrong")) } else { Ok(()) }
        })
    })
    .await
}

fn routes(app: App) -> Routes {
    let tokens = TokenVerifier::of_keys(&jsonwebtoken::jwk::JwkSet { keys: Vec::new() });
    Api::new("counting", "Counting", app, &tokens)
        .post("/api/v1/counts/{id}", "Counts.", count)
        .refuses(REFUSALS)
        .on_events("test_on_counted", on_counted)
        .finish(Vec::new())
}

/// Serves as a handler does, on a runtime of its own.
fn serve(database: Database, hub: Hub) {
    std::thread::spawn(move || {
        let migrations = crate::embedded::migrations::runner();
        service::run(
            "counting",
            Ok(()),
            |()| "",
            migrations,
            |()| {
                let outbox = Outbox::start(database.clone(), hub)?;
                Ok(routes(App { database, outbox }))
            },
        )
    });
}

async fn post(path: &str, traceparent: &str, body: String) -> u16 {
    let port = env::var("FUNCTIONS_CUSTOMHANDLER_PORT").unwrap();
    let url = format!("http://127.0.0.1:{port}{path}");
    let request = || {
        let request = Client::new().post(&url).header("traceparent", traceparent);
        request.body(body.clone()).send()
    };
    // The handler may not listen yet.
    let start = Instant::now();
    loop {
        match request().await {
            Ok(answer) => return answer.status().as_u16(),
            Err(error) => assert!(start.elapsed() < ARRIVAL_TIMEOUT, "{error}"),
        }
        sleep(POLL_INTERVAL).await;
    }
}

/// The trace as it is shown once it has that many steps and logs, which are sent apart.
async fn shown(trace_id: &str, steps: usize, logs: usize) -> Value {
    let url = format!("{}/traces/{trace_id}", env::var("TRACES_URL").unwrap());
    let start = Instant::now();
    loop {
        let trace: Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
        let has = |items: &str, count| trace[items].as_array().is_some_and(|i| i.len() == count);
        if has("steps", steps) && has("logs", logs) {
            return trace;
        }
        assert!(start.elapsed() < ARRIVAL_TIMEOUT, "{trace:#}");
        sleep(POLL_INTERVAL).await;
    }
}

fn texts<'a>(items: &'a Value, name: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap_or_default()).collect()
}

#[test]
fn a_request_its_events_way_and_its_consumer_are_one_trace() {
    in_own_process("traces::a_request_its_events_way_and_its_consumer_are_one_trace", async {
        let (database, broker) = (fresh_database().await, Broker::started());
        serve(database.database.clone(), broker.hub());

        let phone = TraceContext::root();
        assert_eq!(post("/api/v1/counts/cnt_01h455", &phone.to_string(), String::new()).await, 400);
        drained(&database).await;
        let arrived: Vec<Envelope> = broker.read().await.into_iter().flatten().collect();
        let mut wrong = arrived[0].clone();
        (wrong.id, wrong.subject) = ("another".to_owned(), "wrong".to_owned());
        let body = invocation(&[arrived[0].clone(), wrong]);
        let host = TraceContext::root();
        assert_eq!(post("/test_on_counted", &host.to_string(), body).await, 200);

        let trace = shown(&phone.trace_id(), 4, 1).await;
        let steps = &trace["steps"];
        let request = "POST /api/v1/counts/{id}";
        let consumed = "consume payme.test.counted.v1";
        assert_eq!(texts(steps, "name"), [request, "relay outbox", consumed, consumed]);
        let request_id = steps[0]["span_id"].as_str().unwrap();
        assert!(phone.to_string().contains(steps[0]["parent_id"].as_str().unwrap()));
        assert_eq!(texts(steps, "parent_id")[1..], [request_id; 3]);
        assert_eq!(texts(steps, "service"), ["counting"; 4]);
        assert_eq!(steps[0]["properties"]["problem.code"], "counted-out");
        assert_eq!(steps[2]["properties"]["outcome"], "applied");
        assert_eq!((&steps[3]["has_failed"], &steps[1]["is_shared"]), (&true.into(), &true.into()));
        assert_eq!(texts(&trace["logs"], "message"), ["parked an event"]);
        assert_eq!(texts(&trace["logs"], "severity"), ["error"]);

        // What the host called succeeded, and has no span of its own.
        let url = format!("{}/traces/{}", env::var("TRACES_URL").unwrap(), host.trace_id());
        assert_eq!(reqwest::get(url).await.unwrap().status(), 404);
    });
}
