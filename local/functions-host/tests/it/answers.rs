//! What the front door answers itself: its own problems, refusals on request, and the way to the
//! trace.

use serde_json::{Value, json};

use crate::http::host;
use crate::platform::{Reply, TRACE_VIEW};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

/// What the reply's header says, line by line.
fn header<'a>(reply: &'a Reply, name: &str) -> Vec<&'a str> {
    let lines = reply.head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
}

fn link(trace_id: &str) -> String {
    format!("<{TRACE_VIEW}/waterfalls/{trace_id}>; rel=\"trace\"")
}

#[test]
fn the_hosts_own_problems_have_all_that_a_services_problem_has() {
    let host = host();
    let english = host.get("/api/nothing");
    let mut problem = english.json();
    assert!(problem["trace_id"].as_str().is_some_and(|id| id.len() == 32));
    problem["trace_id"] = json!(null);
    let expected = json!({
        "type": "urn:payme:problem:no-such-route", "title": "Not Found", "status": 404,
        "detail": "No function answers this route.", "code": "no-such-route",
        "message": "We cannot find this. Please update the app and try again.",
        "retryable": false, "errors": [], "trace_id": null,
    });
    assert_eq!(problem, expected);
    assert_eq!(header(&english, "content-language"), ["en"]);

    let chinese =
        host.request("GET /api/nothing HTTP/1.0\r\nAccept-Language: zh-HK, en;q=0.5\r\n\r\n");
    assert_eq!(chinese.json()["message"], "找不到相關內容，請更新應用程式後再試。");
    for (name, value) in [
        ("content-language", "zh-Hant"),
        ("vary", "accept-language"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(header(&chinese, name), [value], "{name}");
    }
}

#[test]
fn a_refusal_that_is_asked_for_is_answered_on_any_route_in_the_handlers_place() {
    let host = host();
    for (request, code) in [
        ("POST /api/echo HTTP/1.0", "amount-mismatch"),
        ("GET /api/echo-locked HTTP/1.0", "invalid-token"),
        ("POST /api/order/7 HTTP/1.0", "pin-locked"),
        ("GET /api/missing HTTP/1.0", "try-again"),
    ] {
        let reply = host.request(&format!(
            "{request}\r\nTest-Refusal: {code}\r\nAccept-Language: zh-CN\r\n\
             traceparent: {TRACEPARENT}\r\n\r\n"
        ));
        let listed = listed(code);
        let problem = reply.json();
        for field in ["code", "status", "detail", "retryable"] {
            assert_eq!(problem[field], listed[field], "{code}");
        }
        assert_eq!(problem["type"], format!("urn:payme:problem:{code}"));
        assert_eq!(problem["message"], listed["message"]["zh-Hans"]);
        assert_eq!((&problem["errors"], &problem["trace_id"]), (&json!([]), &json!(TRACE_ID)));
        assert_eq!(listed["status"], reply.status);
        assert_eq!(header(&reply, "content-type"), ["application/problem+json"]);
        let waits: &[&str] = if listed["retryable"] == true { &["1"] } else { &[] };
        assert_eq!(header(&reply, "retry-after"), waits, "{code}");
        let asks: &[&str] =
            if reply.status == 401 { &["Bearer error=\"invalid_token\""] } else { &[] };
        assert_eq!(header(&reply, "www-authenticate"), asks, "{code}");
    }
}

fn listed(code: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../../../../docs/errors.json")).unwrap();
    let mut all = all.as_array().unwrap().iter();
    all.find(|entry| entry["code"] == code).unwrap().clone()
}

#[test]
fn a_refusal_that_no_service_gives_is_the_callers_mistake_and_a_missing_route_stays_missing() {
    let host = host();
    let ask =
        |path: &str, header: &str| host.request(&format!("GET {path} HTTP/1.0\r\n{header}\r\n"));
    let twice = "Test-Refusal: try-again\r\nTest-Refusal: try-again\r\n";
    for (header, named) in [
        ("Test-Refusal: amount-mismach\r\n", "amount-mismach"),
        ("Test-Refusal: \r\n", "\"\""),
        (twice, "Send one Test-Refusal header"),
    ] {
        let reply = ask("/api/echo", header);
        let problem = reply.json();
        assert_eq!((reply.status, &problem["code"]), (400, &json!("test-refusal-unknown")));
        assert!(problem["detail"].as_str().unwrap().contains(named), "{problem}");
    }
    let missing = ask("/api/nothing", "Test-Refusal: try-again\r\n");
    assert_eq!(missing.json()["code"], "no-such-route");
}

#[test]
fn every_answer_leads_to_its_trace_which_the_handler_continues() {
    let host = host();
    let echoed = host.get("/api/echo");
    let traceparent = echoed.json()["headers"]["traceparent"][0].as_str().unwrap().to_owned();
    let trace_id = traceparent.split('-').nth(1).unwrap();
    assert_eq!(header(&echoed, "link"), [link(trace_id)]);

    for path in ["/api/echo", "/api/missing", "/api/nothing", "/files", "/admin/host/status"] {
        let reply =
            host.request(&format!("GET {path} HTTP/1.0\r\ntraceparent: {TRACEPARENT}\r\n\r\n"));
        assert_eq!(header(&reply, "link"), [link(TRACE_ID)], "{path}");
    }
    let linked = host.get("/api/echo/linked");
    let links = header(&linked, "link");
    assert_eq!((links.len(), links[0]), (2, "</next>; rel=\"next\""));
}
