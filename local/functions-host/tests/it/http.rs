//! HTTP functions and files through the front door.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};

use serde_json::{Value, json};

use crate::platform::{Folder, Host, LONG_TIMEOUT, eventually, http_function, write_app};

pub(crate) fn host() -> Host {
    let folder = Folder::new();
    let functions = [
        ("echo", http_function("echo/{*rest}")),
        ("stream", http_function("stream")),
        ("missing", http_function("missing")),
        (
            "locked",
            json!({ "bindings": [
                { "type": "httpTrigger", "name": "req", "route": "echo-locked",
              "methods": ["get"] },
                { "type": "http", "name": "res" },
            ]}),
        ),
        (
            "on_order",
            json!({ "bindings": [
                { "type": "httpTrigger", "name": "req", "route": "order/{id}",
                  "authLevel": "anonymous", "methods": ["post"] },
                { "type": "http", "name": "res" },
            ]}),
        ),
        ("broken", json!({ "bindings": [{ "type": "kafkaTrigger", "name": "event" }] })),
    ];
    write_app(&folder, "shop", &functions, json!({ LONG_TIMEOUT: "00:01:00" }));
    Host::start(folder)
}

#[test]
fn a_proxied_request_that_outlasts_the_function_timeout_is_broken_off_with_its_handler() {
    let folder = Folder::new();
    let functions = [("echo", http_function("echo")), ("stream", http_function("stream"))];
    write_app(&folder, "shop", &functions, json!({}));
    let host = Host::start(folder);
    // The handler waits for the rest of the body, and the host for the handler.
    let reply = host.request("POST /api/echo HTTP/1.0\r\nContent-Length: 9\r\n\r\nhalf");
    assert_eq!(reply.status, 500);
    eventually("a restart", || (host.status("shop")["restarts"] == 1).then_some(()));
    let mut answer = String::new();
    let mut stream = host.connect();
    stream.write_all(b"GET /api/stream HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    // Without an end: that of a chunked answer is a chunk of no bytes.
    let _broken = stream.read_to_string(&mut answer);
    assert!(answer.contains("data: 1\n") && !answer.ends_with("0\r\n\r\n"), "{answer}");
    eventually("another restart", || (host.status("shop")["restarts"] == 2).then_some(()));
    assert_eq!(host.get("/api/echo").status, 200);
}

#[test]
fn path_and_query_reach_the_handler_as_they_were_sent() {
    let host = host();
    let target = "/api/echo/a%2Fb/./c%20d?q='x'&a=1&a=2&empty&u=%e4%b8%ad";
    let reply = host.get(target);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["target"], target);
}

#[test]
fn the_handler_is_told_the_invocation_and_the_original_host() {
    let host = host();
    let reply = host.request(
        "GET /api/echo HTTP/1.0\r\nHost: pay.example\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n",
    );
    let headers = reply.json()["headers"].clone();
    assert_eq!(headers["host"], json!(["pay.example"]));
    assert_eq!(headers["x-azure-functions-invocationid"], headers["x-ms-invocation-id"]);
    assert!(headers["x-azure-functions-hostversion"][0].as_str().unwrap().starts_with("4."));
    assert_eq!(headers["x-hop"], Value::Null);
    assert_eq!(headers["connection"], Value::Null);
}

#[test]
fn chunked_and_large_bodies_pass() {
    let host = host();
    let mut stream = host.connect();
    let head = "POST /api/echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..64 {
        stream.write_all(b"10000\r\n").unwrap();
        stream.write_all(&[b'x'; 0x10000]).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut status = String::new();
    let mut reader = BufReader::new(stream);
    reader.read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 200 OK\r\n");
    let rest: String = reader.lines().map_while(Result::ok).collect();
    assert!(rest.contains("\"length\":4194304"));
}

#[test]
fn a_body_that_announces_more_than_the_limit_is_refused() {
    let host = host();
    let reply = host.request("POST /api/echo HTTP/1.0\r\nContent-Length: 104857601\r\n\r\n");
    assert_eq!(reply.status, 413);
    assert!(reply.head.contains("application/problem+json"));
}

#[test]
fn server_sent_events_stream_and_a_disconnect_reaches_the_handler() {
    let host = host();
    let mut stream = host.connect();
    stream.write_all(b"GET /api/stream HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut lines = BufReader::new(&mut stream).lines().map_while(Result::ok);
    for number in 0..3 {
        let event = format!("data: {number}");
        assert!(lines.any(|line| line == event), "{event}");
    }
    assert!(host.records("shop", "stream").is_empty());
    drop(lines);
    drop(stream);
    eventually("the handler's stream ends", || {
        (!host.records("shop", "stream").is_empty()).then_some(())
    });
}

#[test]
fn what_the_handler_answers_passes_unchanged_and_unknown_routes_are_the_hosts_own_404() {
    let host = host();
    let theirs = host.get("/api/missing");
    assert_eq!((theirs.status, theirs.body.as_str()), (404, "not here"));
    let ours = host.get("/api/nothing");
    assert_eq!(ours.status, 404);
    assert_eq!(ours.json()["code"], "no-such-route");
    let wrong_method = host.get("/api/order/7");
    assert_eq!(wrong_method.status, 404);
}

#[test]
fn a_function_without_auth_level_needs_its_key() {
    let host = host();
    let refused = host.request(
        "GET /api/echo-locked HTTP/1.0\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
    );
    assert_eq!(refused.status, 401);
    assert!(refused.head.contains("www-authenticate: FunctionKey"), "{}", refused.head);
    let problem = json!({
        "type": "urn:payme:problem:key-required", "title": "Unauthorized", "status": 401,
        "detail": "A valid function key is required.", "code": "key-required",
        "message": "You cannot do this with your account.", "retryable": false, "errors": [],
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    });
    assert_eq!(refused.json(), problem);
    host.wait_for_line("0af7651916cd43dd8448eb211c80319c");
    assert_eq!(host.get("/api/echo-locked?code=wrong").status, 401);
    let keys = fs::read_to_string(host.folder.0.join("state/keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let key = keys["functionKey"].as_str().unwrap();
    assert_eq!(host.get(&format!("/api/echo-locked?a=1&code={key}")).status, 200);
    let with_header = format!("GET /api/echo-locked HTTP/1.0\r\nx-functions-key: {key}\r\n\r\n");
    assert_eq!(host.request(&with_header).status, 200);
}

#[test]
fn a_function_with_a_foreign_binding_is_left_out_alone() {
    let host = host();
    let status = host.status("shop");
    assert_eq!(status["phase"], "ready");
    assert_eq!(status["refused"][0]["function"], "broken");
    let reason = status["refused"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("unknown variant `kafkaTrigger`"), "{reason}");
    assert_eq!(status["functions"].as_array().unwrap().len(), 5);
}

#[test]
fn without_proxying_an_http_function_gets_an_envelope() {
    let folder = Folder::new();
    let function = json!({ "bindings": [
        { "type": "httpTrigger", "name": "req", "route": "order/{id}", "authLevel": "anonymous" },
        { "type": "http", "name": "res" },
    ]});
    let settings = json!({
        "AzureFunctionsJobHost__customHandler__enableProxyingHttpRequest": "false",
        "AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest": "false",
    });
    write_app(&folder, "shop", &[("on_order", function)], settings);
    let host = Host::start(folder);
    let reply = host.request(
        "POST /api/order/7?a=1 HTTP/1.0\r\nContent-Type: application/json\r\n\
         Content-Length: 9\r\n\r\n{\"qty\":2}",
    );
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.json(), json!({ "id": 7 }));
    let call: Value = serde_json::from_str(&host.records("shop", "on_order")[0]).unwrap();
    assert_eq!(call["Data"]["req"]["Params"]["id"], "7");
    assert_eq!(call["Metadata"]["qty"], "\"2\"");
}

#[test]
fn files_are_served_and_nothing_outside_their_folder() {
    let host = host();
    let files = host.folder.0.join("files");
    fs::write(files.join("index.html"), "<p>docs").unwrap();
    fs::write(host.folder.0.join("secret.txt"), "secret").unwrap();
    std::os::unix::fs::symlink(host.folder.0.join("secret.txt"), files.join("link.txt")).unwrap();
    let index = host.get("/files/");
    assert_eq!((index.status, index.body.as_str()), (200, "<p>docs"));
    assert!(index.head.contains("text/html"));
    assert_eq!(host.get("/files").status, 303);
    for path in ["/files/../secret.txt", "/files/%2e%2e/secret.txt", "/files/link.txt"] {
        assert_eq!(host.get(path).status, 404, "{path}");
    }
}
