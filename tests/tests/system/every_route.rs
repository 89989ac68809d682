//! Every documented route, asked wrongly in every way: always a problem of the 4xx class.

use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use system_tests::{Addresses, Answer, Api, Call, OverHttp, Phone, Product, Session};
use tokio::process::Command;

use crate::api_document::{FOLDER, Operation, dangling_references, documents, operations};
use crate::stage::{merchant_with_shop, new_key};
use crate::test_platform::shared;

/// The largest body that a route reads is 64 KiB.
const OVERSIZED_BYTES: usize = 65 * 1024;
const NO_IDS: [&str; 5] = ["garbage", "%00", "sfx_01h455vb4pex5vsknk084sn02q", "..%2f..%2f", "%ff"];
/// It documents no route: only queues and timers reach it.
const CALLED_BY_NOBODY: &str = "ocr";

struct Callers {
    anonymous: Api,
    sessions: [Session; 2],
    forged_token: String,
    function_key: String,
}

impl Callers {
    async fn sign_up(addresses: &Addresses) -> Self {
        let (one, other) = (Phone::new(addresses).unwrap(), Phone::new(addresses).unwrap());
        let consumer = one.sign_up(Product::Consumer).await.unwrap();
        let merchant = other.sign_up(Product::Business).await.unwrap();
        let forged_token = forge(&consumer.tokens.access_token);
        let anonymous = Api::new(&addresses.api);
        let function_key = addresses.function_key().unwrap();
        Self { anonymous, sessions: [consumer, merchant], forged_token, function_key }
    }

    fn without_token(&self, operation: &Operation, path: &str) -> Call {
        self.anonymous.call(operation.method, path)
    }

    /// Sends the call with a token of the product that the route belongs to, or as an operator
    /// where it is for them.
    async fn send(&self, operation: &Operation, path: &str, body: Option<Body<'_>>) -> Answer {
        let mut answer = None;
        for session in &self.sessions {
            let call = self.without_token(operation, path).bearer(&session.tokens.access_token);
            // So that a change is refused for what the test is about. Other routes ignore it.
            let call = call.header("if-match", "\"1\"");
            let call = if operation.method == "PUT" { call.key(&new_key()) } else { call };
            let call = if operation.needs_key {
                call.header("x-functions-key", &self.function_key)
            } else {
                call
            };
            let call = match body {
                Some((content_type, text)) => call.body(content_type, text),
                None => call,
            };
            let came = call.send().await.unwrap();
            let is_other_product = came.json()["code"] == "wrong-product";
            answer = Some(came);
            if !is_other_product {
                break;
            }
        }
        answer.unwrap()
    }
}

/// Content type and text.
type Body<'a> = (&'a str, &'a str);

/// The same header and claims, signed with a key of our own.
fn forge(token: &str) -> String {
    let (signed, _) = token.rsplit_once('.').unwrap();
    let signature = Ed25519KeyPair::generate().unwrap().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What is wrong with an answer that should refuse; `None` if nothing is.
fn objection(answer: &Answer, status: Option<u16>, code: Option<&str>) -> Option<String> {
    let problem = answer.json();
    let is_trace_id = |id: &str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    // What the host refuses itself reaches no service, and so begins no trace.
    let is_of_host = problem["type"] == "about:blank";
    let is_problem = (400..500).contains(&answer.status)
        && answer.header("content-type") == "application/problem+json"
        && problem["status"] == answer.status
        && problem["code"].is_string()
        && (is_of_host || problem["trace_id"].as_str().is_some_and(is_trace_id));
    let is_expected = status.is_none_or(|status| answer.status == status)
        && code.is_none_or(|code| problem["code"] == code);
    if is_problem && is_expected {
        return None;
    }
    Some(format!(
        "expected a problem ({status:?}, {code:?}), came {} {} {}",
        answer.status,
        answer.header("content-type"),
        answer.text()
    ))
}

#[tokio::test]
async fn every_service_documents_its_routes_and_the_references_lead_somewhere() {
    let platform = shared().await;
    std::fs::create_dir_all(FOLDER).unwrap();
    for (path, document) in documents(&platform).await {
        let service = path.split('/').nth(3).unwrap();
        let has_routes = !document["paths"].as_object().unwrap().is_empty();
        assert_eq!(has_routes, service != CALLED_BY_NOBODY, "{path}");
        std::fs::write(format!("{FOLDER}/{service}.json"), document.to_string()).unwrap();
        assert_eq!(dangling_references(&document), Vec::<String>::new(), "{path}");
    }
}

#[tokio::test]
async fn what_is_for_operators_needs_their_key() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let operations = operations(&platform).await;
    let for_operators: Vec<_> = operations.iter().filter(|operation| operation.needs_key).collect();
    assert!(for_operators.len() >= 4, "{for_operators:?}");
    for operation in for_operators {
        let path = operation.path();
        let hidden =
            ["ledger/", "first-invitations", "screening/", "graph-books/", "bank-statements/"];
        let is_hidden = hidden.iter().any(|hidden| path.starts_with(&format!("/api/v1/{hidden}")));
        assert!(is_hidden, "{path} is on a path of the public's");
        let call = || {
            let token = &callers.sessions[0].tokens.access_token;
            callers.without_token(operation, &path).bearer(token)
        };
        for call in [call(), call().header("x-functions-key", "guessed")] {
            assert_eq!(call.send().await.unwrap().status, 401, "{path}");
        }
    }
    platform.expect_balanced_ledger().await.unwrap();
}

#[tokio::test]
async fn no_route_takes_a_missing_or_forged_token() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let mut objections = Vec::new();
    for operation in operations(&platform).await.iter().filter(|operation| operation.needs_token) {
        let path = operation.path();
        let call = || callers.without_token(operation, &path);
        for (what, call) in [
            ("no token", call()),
            ("a forged token", call().bearer(&callers.forged_token)),
            ("no JWT", call().bearer("nonsense")),
            ("another scheme", call().header("authorization", "Basic dXNlcjpwYXNz")),
        ] {
            let answer = call.send().await.unwrap();
            let objection = objection(&answer, Some(401), Some("invalid-token"));
            let name = format!("{} {path} with {what}: ", operation.method);
            objections.extend(objection.map(|objection| name + &objection));
        }
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
}

#[tokio::test]
async fn no_token_opens_what_programs_sign() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let operations = operations(&platform).await;
    let signed = operations.iter().filter(|operation| operation.needs_signature);
    let mut objections = Vec::new();
    for operation in signed.clone() {
        let path = operation.path();
        let answer = callers.send(operation, &path, Some(("application/json", "{}"))).await;
        let objection = objection(&answer, Some(401), Some("request-signature-invalid"));
        let name = format!("{} {path}: ", operation.method);
        objections.extend(objection.map(|objection| name + &objection));
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
    assert!(signed.count() >= 6);
}

/// As it stands in the address, a `:` too, through all that stands between them.
#[tokio::test]
async fn what_a_program_has_signed_with_a_query_is_taken() {
    const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../handlers/payments/signed-api.sh");
    let platform = shared().await;
    let (merchant, shop) = merchant_with_shop(&platform).await.unwrap();
    let wanted = json!({"business_id": shop.business_id, "name": "Till", "scopes": ["read"]});
    let make = merchant.0.post_with_pin("/api/v1/api-credentials").await.unwrap();
    let made = make.key(&new_key()).json(&wanted).send().await.unwrap().expect(201);
    let path = "/received-payments?created_from=2026-11-01T00:00:00Z&limit=2";
    let mut command = Command::new(SCRIPT);
    command.args(["GET", path]).env("MERCHANT_API", &platform.api);
    command.env("SIGNING_KEY_ID", made["signing_key_id"].as_str().unwrap());
    command.env("SIGNING_KEY", made["signing_key"].as_str().unwrap());
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(page["items"], json!([]), "{page}");
}

#[tokio::test]
async fn no_route_serves_a_login_that_has_ended_a_second_ago() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    for session in &callers.sessions {
        let log_out = callers.anonymous.call("DELETE", "/api/v1/auth/sessions/current");
        let log_out = log_out.bearer(&session.tokens.access_token);
        log_out.send().await.unwrap().expect(204);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut objections = Vec::new();
    for operation in operations(&platform).await.iter().filter(|operation| operation.needs_token) {
        let path = operation.path();
        let answer = callers.send(operation, &path, Some(("application/json", "{}"))).await;
        let objection = objection(&answer, Some(401), Some("invalid-token"));
        objections.extend(objection.map(|text| format!("{} {path}: {text}", operation.method)));
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
}

/// What a refusal says of a member that the document does not know.
const UNKNOWN: &str = r#"{"pointer":"/surprise","code":"unknown-field"}"#;

#[tokio::test]
async fn no_route_takes_a_body_that_is_not_what_it_documents() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let oversized = format!(r#"{{"text": "{}"}}"#, "x".repeat(OVERSIZED_BYTES));
    let json = "application/json";
    let bodies: [(Body<'_>, u16, &str, &str); 7] = [
        ((json, ""), 400, "invalid-body", ""),
        ((json, r#"{"a": "#), 400, "invalid-body", ""),
        ((json, "[]"), 400, "invalid-body", ""),
        ((json, "\u{0}"), 400, "invalid-body", ""),
        ((json, r#"{"surprise": true}"#), 400, "invalid-body", UNKNOWN),
        (("text/plain", "{}"), 415, "json-expected", ""),
        ((json, &oversized), 413, "body-too-large", ""),
    ];
    let mut objections = Vec::new();
    // Nobody here is staff or a program, and strangers learn nothing of what a body should be.
    let is_asked = |operation: &&Operation| {
        operation.takes_json && !operation.is_of_staff && !operation.needs_signature
    };
    for operation in operations(&platform).await.iter().filter(is_asked) {
        let path = operation.path();
        for (body, status, code, detail) in bodies {
            let answer = callers.send(operation, &path, Some(body)).await;
            let objection = objection(&answer, Some(status), Some(code)).or_else(|| {
                let says_so = answer.text().contains(detail);
                (!says_so).then(|| format!("expected {detail:?}, came {}", answer.text()))
            });
            let start: String = body.1.chars().take(20).collect();
            let name = format!("{} {path} with {start:?}: ", operation.method);
            objections.extend(objection.map(|objection| name + &objection));
        }
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
}

#[tokio::test]
async fn no_route_takes_an_id_that_is_none() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let long_id = "a".repeat(300);
    let mut objections = Vec::new();
    for operation in &operations(&platform).await {
        for no_id in NO_IDS.into_iter().chain([long_id.as_str()]) {
            let Some(path) = operation.path_with(no_id) else { continue };
            let answer = callers.send(operation, &path, Some(("application/json", "{}"))).await;
            let name = format!("{} {path}: ", operation.method);
            let objection = objection(&answer, None, None);
            objections.extend(objection.map(|objection| name + &objection));
        }
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
}

#[tokio::test]
async fn undocumented_paths_and_methods_are_refused() {
    let platform = shared().await;
    let callers = Callers::sign_up(&platform).await;
    let operations = operations(&platform).await;
    let mut objections = Vec::new();
    for operation in operations.iter().filter(|operation| !operation.needs_key) {
        let path = operation.path();
        let unknown = format!("{path}/no/such/route");
        let answer = callers.send(operation, &unknown, None).await;
        let objection_to_path = objection(&answer, Some(404), Some("no-such-route"));
        objections.extend(objection_to_path.map(|text| format!("{unknown}: {text}")));

        let is_documented = |method: &str| {
            operations.iter().any(|other| other.path() == path && other.method == method)
        };
        for method in ["PUT", "PATCH", "DELETE"] {
            if is_documented(method) {
                continue;
            }
            let session = &callers.sessions[0];
            let call = callers.anonymous.call(method, &path);
            let answer = call.bearer(&session.tokens.access_token).send().await.unwrap();
            let objection = objection(&answer, Some(405), None);
            objections.extend(objection.map(|text| format!("{method} {path}: {text}")));
        }
    }
    assert!(objections.is_empty(), "\n{}", objections.join("\n"));
}
