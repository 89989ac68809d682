//! What the front door answers itself: its own problems, and the way to the trace.

use serde_json::json;

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
