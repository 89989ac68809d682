//! The custom handler that the integration tests run: it tells what the host sent, and misbehaves
//! when a file in the folder `CONTROL_DIR` asks for it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::exit;
use std::time::Duration;
use std::{env, error, io};

use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::sleep;

type Error = Box<dyn error::Error + Send + Sync>;
type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

const EVENT_PAUSE: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() -> Result<(), Error> {
    if take_order("exit-at-start") {
        exit(3);
    }
    let port: u16 = env::var("FUNCTIONS_CUSTOMHANDLER_PORT")?.parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    writeln!(io::stdout(), "handler listens")?;
    loop {
        let (stream, _) = listener.accept().await?;
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(connection);
    }
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Error> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/api/env" => json_answer(&json!(env::vars().collect::<BTreeMap<_, _>>())),
        "/api/stream" => server_sent_events(),
        "/api/exit" => exit(request.uri().query().unwrap_or_default().parse()?),
        _ if path.starts_with("/on_") => invoked(&path, request).await,
        "/api/echo/linked" => {
            Ok(Response::builder().header("link", "</next>; rel=\"next\"").body(whole(""))?)
        }
        _ if path.starts_with("/api/echo") => echo(request).await,
        _ => Ok(Response::builder().status(404).body(whole("not here"))?),
    }
}

async fn echo(request: Request<Incoming>) -> Result<Answer, Error> {
    let (head, body) = request.into_parts();
    let mut headers = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in &head.headers {
        let lines = headers.entry(name.to_string()).or_default();
        lines.push(String::from_utf8_lossy(value.as_bytes()));
    }
    let body = body.collect().await?.to_bytes();
    json_answer(&json!({
        "method": head.method.as_str(),
        "target": head.uri.to_string(),
        "headers": headers,
        "length": body.len(),
        "body": String::from_utf8_lossy(&body),
    }))
}

/// Sends numbered events until the stream is dropped, and records that it was.
fn server_sent_events() -> Result<Answer, Error> {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            record("stream", b"dropped");
        }
    }
    let events = stream::unfold((0_u64, Dropped), |(number, guard)| async move {
        if number > 0 {
            sleep(EVENT_PAUSE).await;
        }
        let event = Frame::data(Bytes::from(format!("data: {number}\n\n")));
        Some((Ok(event), (number.saturating_add(1), guard)))
    });
    let response = Response::builder().header("content-type", "text/event-stream");
    Ok(response.body(StreamBody::new(events).boxed_unsync())?)
}

/// Records an invocation, then succeeds unless told otherwise.
async fn invoked(path: &str, request: Request<Incoming>) -> Result<Answer, Error> {
    let chunked = request.headers().contains_key("transfer-encoding");
    let body = request.collect().await?.to_bytes();
    assert!(chunked, "the host sends invocations in chunks");
    record(path.trim_start_matches('/'), &body);
    while stands("hold") {
        sleep(EVENT_PAUSE).await;
    }
    if take_order("fail") || stands("fail-always") {
        return Ok(Response::builder().status(500).body(whole("told to fail"))?);
    }
    if take_order("hang") {
        std::future::pending::<()>().await;
    }
    if take_order("empty") {
        return Ok(Response::builder().body(whole(""))?);
    }
    if let Ok(answer) = fs::read(control_dir().join("answer")) {
        return json_answer(&serde_json::from_slice(&answer)?);
    }
    json_answer(&match path {
        "/on_order" => json!({ "Outputs": { "res": { "statusCode": 201, "body": { "id": 7 } } } }),
        _ => json!({}),
    })
}

/// Whether an order of this name stands until the test takes it back.
fn stands(name: &str) -> bool {
    control_dir().join(name).exists()
}

/// Whether the test left an order of this name; it is carried out once.
fn take_order(name: &str) -> bool {
    fs::remove_file(control_dir().join(name)).is_ok()
}

#[expect(clippy::expect_used, reason = "a test handler without its folder is of no use")]
fn record(name: &str, line: &[u8]) {
    let path = control_dir().join(format!("{name}.record"));
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("record file");
    file.write_all(&[line, b"\n"].concat()).expect("record written");
}

fn control_dir() -> PathBuf {
    env::var_os("CONTROL_DIR").unwrap_or_default().into()
}

fn json_answer(value: &serde_json::Value) -> Result<Answer, Error> {
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(whole(&value.to_string()))?)
}

fn whole(text: &str) -> UnsyncBoxBody<Bytes, Infallible> {
    Full::new(Bytes::from(text.to_owned())).boxed_unsync()
}
