//! Messages as they come over a socket, well-formed and not (RFC 9112).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use service::{Api, Error, NoContent, Routes, TokenVerifier};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::issuer_and_routes;

const HEAD: &str = "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const SOON: Duration = Duration::from_secs(5);

/// What the server answers to these bytes on a connection of their own.
async fn answer(message: &str) -> String {
    let (_issuer, routes) = issuer_and_routes().await;
    answer_at(serve(routes).await, message).await
}

async fn serve(routes: Routes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(service::serve_on(listener, "things", routes, std::future::pending()));
    address
}

async fn answer_at(address: SocketAddr, message: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(message.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    timeout(SOON, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn every_message_gets_the_answer_that_the_standard_asks_for() {
    let get = |rest: &str| format!("GET /api/v1/things/health/live HTTP/1.1\r\n{rest}\r\n");
    let body = r#"{"name":"a"}"#;
    for (message, status) in [
        (get("Host: x\r\n"), "200"),
        (get(""), "400"),
        (get("Host: x\r\nHost: x\r\n"), "400"),
        (format!("{HEAD}Content-Length: 12\r\n\r\n{body}"), "200"),
        (format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nc\r\n{body}\r\n0\r\n\r\n"), "200"),
        // A chunk whose size is none, a chunk that is short, a body that ends early.
        (format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n{body}\r\n0\r\n\r\n"), "400"),
        (format!("{HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n{body}"), "400"),
        (format!("{HEAD}Content-Length: 20\r\n\r\n{body}"), "400"),
        (format!("{HEAD}Transfer-Encoding: gzip, chunked\r\n\r\nc\r\n{body}\r\n0\r\n\r\n"), "501"),
        (format!("{HEAD}Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n{body}"), "415"),
    ] {
        let answer = answer(&message).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{message}\n{answer}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_to_the_customer_in_the_language_that_the_phone_asks_for() {
    for (wanted, language, message) in [
        ("", "en", "Please log in again."),
        ("Accept-Language: fr, en;q=0.5\r\n", "en", "Please log in again."),
        ("Accept-Language: zh-HK\r\n", "zh-Hant", "請重新登入。"),
        ("Accept-Language: zh-TW,en;q=0.5\r\n", "zh-Hant", "請重新登入。"),
        ("Accept-Language: en;q=0.8,zh-CN\r\n", "zh-Hans", "请重新登录。"),
        ("Accept-Language: en;q=0.1\r\nAccept-Language: zh-Hans\r\n", "zh-Hans", "请重新登录。"),
    ] {
        let answer =
            answer(&format!("GET /api/v1/things/me HTTP/1.1\r\nHost: x\r\n{wanted}\r\n")).await;
        assert!(answer.contains(&format!("content-language: {language}\r\n")), "{answer}");
        assert!(answer.contains("vary: accept-language\r\n"), "{answer}");
        assert!(answer.contains(&format!(r#""message":"{message}""#)), "{answer}");
    }
    // Also before any route is found.
    let refused = answer("GET / HTTP/1.1\r\nAccept-Language: zh-HK\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("系統"), "{refused}");
}

#[tokio::test]
async fn a_route_that_panics_is_an_opaque_failure_and_the_next_request_is_served() {
    let message = "GET /api/v1/things/panic HTTP/1.1\r\nHost: x\r\n\r\n\
                   GET /api/v1/things/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = answer(message).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.contains("\"internal\"") && !answer.contains("as a route"), "{answer}");
    assert!(answer.contains("\"live\""), "{answer}");
}

/// Waits until it is let go, without a turn if it is told to.
async fn wait((hold, keeps_turn): (Arc<Semaphore>, bool)) -> Result<NoContent, Error> {
    if !keeps_turn {
        service::give_turn_back();
    }
    let _let_go = hold.acquire().await;
    Ok(NoContent)
}

async fn answer_now(_app: (Arc<Semaphore>, bool)) -> Result<NoContent, Error> {
    Ok(NoContent)
}

#[tokio::test]
async fn whoever_only_waits_keeps_nobody_from_being_served() {
    for (keeps_turn, is_served) in [(false, true), (true, false)] {
        let hold = Arc::new(Semaphore::new(0));
        let app = (Arc::clone(&hold), keeps_turn);
        let tokens = TokenVerifier::of_keys(&JwkSet { keys: Vec::new() });
        let api = Api::new("things", "Things", app, &tokens);
        let api = api.get("/api/v1/things/wait", "Waits.", wait);
        let api = api.get("/api/v1/things/now", "Answers at once.", answer_now);
        let address = serve(api.finish(Vec::new())).await;
        let mut waiting = Vec::new();
        // More than a handler works on at once.
        for _ in 0..300 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /api/v1/things/wait HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            waiting.push(stream);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = "GET /api/v1/things/now HTTP/1.1\r\nHost: x\r\n\r\n";
        let served = timeout(Duration::from_secs(1), answer_at(address, now)).await;
        assert_eq!(served.is_ok_and(|answer| answer.contains(" 204 ")), is_served);
        // An instance that is only busy does not look dead.
        let live = "GET /api/v1/things/health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        assert!(answer_at(address, live).await.contains("\"live\""));
        hold.close();
    }
}
