//! What RFC 9110 and 9112 say of requests, word by word over a socket.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::host;
use crate::platform::Host;

#[test]
fn a_request_that_can_be_read_in_two_ways_is_the_clients_fault_and_no_error_of_ours() {
    let host = host();
    let post = "POST /api/echo HTTP/1.1\r\nConnection: close\r\n";
    for (head, rest, status, code) in [
        ("", "\r\n", 400, "invalid-host"),
        ("Host: a\r\nHost: a\r\n", "\r\n", 400, "invalid-host"),
        ("Host: a b\r\n", "\r\n", 400, "invalid-host"),
        ("Host: someone@a\r\n", "\r\n", 400, "invalid-host"),
        ("Host: \r\n", "\r\n", 400, "invalid-host"),
        ("Host: a\r\nTransfer-Encoding: chunked\r\n", "\r\nXY\r\n", 400, "body-broken"),
        ("Host: a\r\nTransfer-Encoding: chunked\r\n", "\r\n5\r\nabcdeXX", 400, "body-broken"),
        ("Host: a\r\nTransfer-Encoding: chunked\r\n", "\r\n-1\r\n", 400, "body-broken"),
        (
            "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n",
            "\r\n0\r\n\r\n",
            501,
            "unknown-transfer-coding",
        ),
        (
            "Host: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            "\r\n0\r\n\r\n",
            501,
            "unknown-transfer-coding",
        ),
    ] {
        let reply = host.request(&format!("{post}{head}{rest}"));
        assert_eq!(reply.status, status, "{head}{rest}");
        assert_eq!(reply.json()["code"], code, "{head}{rest}");
        assert!(reply.json()["detail"].is_string() && reply.json()["trace_id"].is_string());
    }
    // These the HTTP library refuses without a body, before the host sees them.
    for head in [
        "Host: a\r\nTransfer-Encoding: gzip\r\n",
        "Host: a\r\nTransfer-Encoding: chunked, gzip\r\n",
        "Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "Host: a\r\nContent-Length: +1\r\n",
        "Host : a\r\n",
    ] {
        assert_eq!(host.request(&format!("{post}{head}\r\n")).status, 400, "{head}");
    }
    let printed = host.printed();
    assert!(!printed.iter().any(|line| line.contains("ERROR")), "{printed:#?}");
}

#[test]
fn a_body_that_ends_short_is_the_clients_fault() {
    let host = host();
    for head in ["Content-Length: 9\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"] {
        let mut stream = host.connect();
        write!(stream, "POST /api/echo HTTP/1.1\r\nHost: a\r\n{head}").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(Host::reply(stream).status, 400, "{head}");
    }
    let printed = host.printed();
    assert!(!printed.iter().any(|line| line.contains("ERROR")), "{printed:#?}");
}

#[test]
fn a_body_that_trickles_is_given_up_and_one_that_pauses_is_not() {
    let host = host();
    let began = Instant::now();
    let mut stream = host.connect();
    write!(stream, "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").unwrap();
    let mut paused = host.connect();
    write!(paused, "POST /api/echo HTTP/1.0\r\nContent-Length: 6\r\n\r\nabc").unwrap();
    std::thread::sleep(Duration::from_secs(3));
    write!(paused, "def").unwrap();
    assert_eq!(Host::reply(paused).status, 200);

    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 408 Request Timeout\r\n");
    assert!(began.elapsed() > Duration::from_secs(4));
    let printed = host.printed();
    assert!(!printed.iter().any(|line| line.contains("ERROR")), "{printed:#?}");
}

#[test]
fn every_method_reaches_a_function_that_lists_none() {
    let host = host();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "REPORT"] {
        let reply = host.request(&format!("{method} /api/echo HTTP/1.0\r\n\r\n"));
        assert_eq!((reply.status, &reply.json()["method"]), (200, &json!(method)));
        assert_eq!(reply.json()["headers"]["transfer-encoding"], json!(null), "{method}");
    }
}

#[test]
fn a_head_is_answered_as_its_get_without_the_body() {
    let host = host();
    for path in ["/api/missing", "/api/nothing", "/files/", "/admin/host/status"] {
        let get = host.get(path);
        let head = host.request(&format!("HEAD {path} HTTP/1.0\r\n\r\n"));
        let length = format!("content-length: {}", get.body.len());
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert!(head.head.contains(&length), "{path}: {}", head.head);
    }
}

#[test]
fn headers_reach_the_handler_line_by_line_and_those_of_the_connection_do_not() {
    let host = host();
    let reply = host.request(
        "POST /api/echo HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k-1\r\nIdempotency-Key: k-2\r\n\
         Connection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n\
         Proxy-Connection: close\r\nUpgrade: h2c\r\nTrailer: x\r\nContent-Length: 0\r\n\r\n",
    );
    let headers = &reply.json()["headers"];
    assert_eq!(headers["idempotency-key"], json!(["k-1", "k-2"]));
    for name in
        ["connection", "x-hop", "keep-alive", "te", "proxy-connection", "upgrade", "trailer"]
    {
        assert_eq!(headers[name], json!(null), "{name}");
    }
}
