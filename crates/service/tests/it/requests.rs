//! What HTTP asks of every resource, without a socket.

use serde_json::json;
use testkit::{Answer, Call, InProcess};
use values::PaymentId;

use crate::issuer_and_routes;

async fn send(call: Call) -> Answer {
    let (_issuer, routes) = issuer_and_routes().await;
    call.send(&routes).await
}

#[tokio::test]
async fn a_path_that_no_route_has_is_not_found_and_a_method_that_it_lacks_is_named() {
    for path in ["/", "/api/v1/things/", "/api/v1/things/me/x", "/api/v1/thing", "/api/v1//me"] {
        send(Call::get(path)).await.expect_refusal(404, "no-such-route");
    }
    for method in ["PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
        let answer = send(Call::new(method, "/api/v1/things")).await;
        answer.expect_refusal(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), "POST, OPTIONS", "{method}");
    }
    // The words of a path win over a placeholder.
    let answer = send(Call::post("/api/v1/things/me")).await;
    answer.expect_refusal(405, "method-not-allowed");
}

#[tokio::test]
async fn options_names_the_methods_and_lets_no_other_origin_in() {
    let preflight = Call::new("OPTIONS", "/api/v1/things/health/live")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "GET");
    let answer = send(preflight).await;
    assert_eq!((answer.status, answer.header("allow")), (204, "GET, HEAD, OPTIONS"));
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let path = "/api/v1/things/health/live";
    let (get, head) = (send(Call::get(path)).await, send(Call::new("HEAD", path)).await);
    assert_eq!((get.status, head.status), (200, 200));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("content-type"), "application/json");
    assert!(head.body.is_empty());
    assert_eq!(send(Call::new("HEAD", "/api/v1/nothing")).await.status, 404);
}

#[tokio::test]
async fn no_answer_is_kept_by_a_cache_unless_its_route_says_so() {
    for call in [Call::get("/api/v1/things/me"), Call::get("/nothing"), Call::get("/api/v1/things")]
    {
        assert_eq!(send(call).await.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_body_is_json_in_utf_8_of_bounded_length() {
    let thing = r#"{"name":"é"}"#;
    let post = |content_type: &str, text: &str| {
        send(Call::post("/api/v1/things").body(content_type, text))
    };
    for content_type in ["application/json", "application/json; charset=utf-8"] {
        assert_eq!(post(content_type, thing).await.expect(200), json!({"name": "é", "note": null}));
    }
    for content_type in ["text/plain", "application/json; charset=utf-16", "multipart/form-data"] {
        post(content_type, thing).await.expect_refusal(415, "json-expected");
    }
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(service::BODY_BYTES_MAX));
    post("application/json", &long).await.expect_refusal(413, "body-too-large");
    for wrong in ["", "{", "[]", r#"["é",null]"#, r#"{"name":["é"]}"#, r#"{"name":"a","name":"b"}"#]
    {
        post("application/json", wrong).await.expect_refusal(400, "invalid-body");
    }
    let twice = Call::post("/api/v1/things").body("application/json", thing);
    let twice = twice.header("content-type", "text/plain");
    send(twice).await.expect_refusal(415, "json-expected");
}

#[tokio::test]
async fn a_refusal_says_where_the_body_is_wrong_and_whether_to_repeat_it() {
    let wrong = Call::post("/api/v1/things").body("application/json", r#"{"note":1,"x":2}"#);
    let problem = send(wrong).await.expect(400);
    assert_eq!(problem["errors"], json!([{"pointer": "/note", "code": "invalid"}]));
    let wrong = Call::post("/api/v1/things").body("application/json", r#"{"x":2}"#);
    let errors = json!([
        {"pointer": "/name", "code": "missing"},
        {"pointer": "/x", "code": "unknown-field"},
    ]);
    let problem = send(wrong).await.expect(400);
    assert_eq!((&problem["errors"], &problem["retryable"]), (&errors, &json!(false)));
    let problem = send(Call::get("/nothing")).await.expect(404);
    assert_eq!((&problem["errors"], &problem["retryable"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn who_calls_is_asked_before_what_is_wrong_with_the_request() {
    let path = format!("/api/v1/things/{}", PaymentId::new());
    let call = Call::post(&path).without("idempotency-key").body("text/plain", "{");
    send(call).await.expect_refusal(401, "invalid-token");
}

const VERSIONED: &str = "/api/v1/things/versioned";

#[tokio::test]
async fn what_the_client_holds_is_not_sent_again() {
    let read = send(Call::get(VERSIONED)).await;
    assert_eq!((read.status, read.header("etag").split('-').next()), (200, Some("\"7")));
    assert_eq!(read.header("cache-control"), "no-store");
    for method in ["GET", "HEAD"] {
        let held = format!("W/{}", read.header("etag"));
        let held = send(Call::new(method, VERSIONED).header("if-none-match", &held)).await;
        assert_eq!(
            (held.status, held.header("etag").split('-').next(), held.body.len()),
            (304, Some("\"7"), 0)
        );
        assert_eq!(held.header("cache-control"), "no-store");
        assert!(!held.headers.contains_key("content-type"));
        assert!(!held.headers.contains_key("content-length"));
    }
    for other in ["\"6\"", "\"7\"", "\"7-another\""] {
        let other = Call::get(VERSIONED).header("if-none-match", other);
        assert_eq!(send(other).await.expect(200), read.json());
    }
    // What has no ETag is always sent.
    send(Call::get("/api/v1/things/health/live").header("if-none-match", "*")).await.expect(200);
}

#[tokio::test]
async fn what_is_public_says_its_language_and_how_long_caches_may_keep_it() {
    let path = "/api/v1/things/public";
    let read = send(Call::get(path).header("accept-language", "zh-CN")).await;
    assert_eq!(read.expect(200)["name"], "zh-Hans");
    let kept = "public, max-age=300, stale-while-revalidate=3600";
    for (header, text) in
        [("content-language", "zh-Hans"), ("vary", "accept-language"), ("cache-control", kept)]
    {
        assert_eq!(read.header(header), text);
    }
    let held = |language| {
        let call = Call::get(path).header("accept-language", language);
        send(call.header("if-none-match", read.header("etag")))
    };
    let same = held("zh-CN").await;
    assert_eq!((same.status, same.header("cache-control")), (304, kept));
    assert_eq!(held("en").await.expect(200)["name"], "en");
    // What is refused is kept nowhere.
    assert_eq!(send(Call::post(path)).await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_change_names_the_version_that_it_replaces() {
    let unconditional = Call::new("PATCH", VERSIONED).json(&json!({"name": "new"}));
    send(unconditional.clone()).await.expect_refusal(428, "if-match-missing");
    let stale = unconditional.clone().header("if-match", "\"6\"");
    send(stale).await.expect_refusal(412, "version-stale");
    for lines in [&["*"][..], &["W/\"7\""], &["\"7\"", "\"7\""]] {
        let with_line = |call: Call, line: &&str| call.header("if-match", line);
        let call = lines.iter().fold(unconditional.clone(), with_line);
        send(call).await.expect_refusal(400, "if-match-invalid");
    }
    // It answers what is new, whatever the client holds.
    let change = unconditional.header("if-match", "\"7\"").header("if-none-match", "*");
    let changed = send(change).await;
    assert_eq!(changed.expect(200), json!({"name": "new", "note": "kept"}));
    assert_eq!(changed.header("etag").split('-').next(), Some("\"8"));
}

#[tokio::test]
async fn a_merge_patch_comes_under_its_own_name_or_as_json() {
    let patch = |content_type: &str| {
        let call = Call::new("PATCH", VERSIONED).header("if-match", "\"7\"");
        send(call.body(content_type, r#"{"note":null}"#))
    };
    for content_type in ["application/merge-patch+json", "application/json"] {
        assert_eq!(patch(content_type).await.expect(200)["note"], json!(null));
    }
    for content_type in ["application/json-patch+json", "text/plain"] {
        patch(content_type).await.expect_refusal(415, "json-expected");
    }
    let call = Call::post("/api/v1/things").body("application/merge-patch+json", "{}");
    send(call).await.expect_refusal(415, "json-expected");
}
