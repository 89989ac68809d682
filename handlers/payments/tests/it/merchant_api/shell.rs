//! A shell with curl and openssl is client enough.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::process::Command;

use super::{PREFIX, REQUESTS, Scene, TRANSACTIONS};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/merchant-api.sh");
const SIGNED_SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/signed-api.sh");

/// Serves the scene; where.
async fn serve(scene: &Scene) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = scene.fixture.routes.clone();
    tokio::spawn(service::serve_on(listener, "payments", routes, std::future::pending()));
    url
}

async fn answer(command: &mut Command) -> Value {
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_documented_script_asks_reads_lists_and_refunds() {
    let scene = Scene::set().await;
    let url = format!("{}{PREFIX}", serve(&scene).await);
    let program = &scene.program;
    let run = async |arguments: &[&str]| -> Value {
        let mut command = Command::new(SCRIPT);
        command.args(arguments).env("MERCHANT_API", &url);
        command.env("CLIENT_ID", &program.client_id).env("CLIENT_SECRET", &program.client_secret);
        command.env("SIGNING_KEY_ID", &program.key_id).env("SIGNING_KEY", &program.key);
        answer(&mut command).await
    };
    let asked = run(&["POST", REQUESTS, r#"{"totalAmount":12.5,"currencyCode":"HKD"}"#]).await;
    let id = asked["paymentRequestId"].as_str().unwrap();
    let payment = scene.pay(id, 1_250).await;
    let read = run(&["GET", &format!("{REQUESTS}/{id}")]).await;
    assert_eq!(read["statusCode"], "PR005", "{read}");
    let listed = run(&["GET", &format!("{TRANSACTIONS}?limit=1")]).await;
    assert_eq!(listed["transactions"][0]["transactionId"], json!(payment));
    let refunds = format!("{TRANSACTIONS}/{payment}/refunds");
    let refunded = run(&["POST", &refunds, r#"{"amount":"12.50","currencyCode":"HKD"}"#]).await;
    assert!(refunded["refundId"].is_string(), "{refunded}");
    let cancel = run(&["PUT", &format!("{REQUESTS}/{id}/cancel")]).await;
    assert_eq!(cancel["errors"][0]["errorCode"], "payment-request-paid", "{cancel}");
    assert_eq!(scene.fixture.balance(&scene.payer).await, 50_000);
}

#[tokio::test]
async fn the_documented_script_of_our_own_api_asks_reads_lists_and_refunds() {
    let scene = Scene::set().await;
    let (url, program) = (serve(&scene).await, &scene.program);
    let run = async |arguments: &[&str]| -> Value {
        let mut command = Command::new(SIGNED_SCRIPT);
        command.args(arguments).env("MERCHANT_API", &url);
        command.env("SIGNING_KEY_ID", &program.key_id).env("SIGNING_KEY", &program.key);
        answer(&mut command).await
    };
    let amount = r#"{"amount":{"amount":1250,"currency":"HKD"}}"#;
    let asked = run(&["POST", "/payment-requests", amount]).await;
    let id = asked["payment_request_id"].as_str().unwrap();
    let payment = scene.pay(id, 1_250).await;
    let read = run(&["GET", &format!("/payment-requests/{id}")]).await;
    assert_eq!(read["status"], "paid", "{read}");
    let listed = run(&["GET", "/received-payments?limit=1"]).await;
    assert_eq!(listed["items"][0]["payment_id"], json!(payment));
    let refunded = run(&["POST", &format!("/received-payments/{payment}/refunds"), amount]).await;
    let refund = format!("/refunds/{}", refunded["refund_id"].as_str().unwrap());
    assert_eq!(run(&["GET", &refund]).await, refunded);
    let cancel = run(&["POST", &format!("/payment-requests/{id}/cancel")]).await;
    assert_eq!(cancel["code"], "payment-request-paid", "{cancel}");
    assert_eq!(scene.fixture.balance(&scene.payer).await, 50_000);
}

#[tokio::test]
async fn the_documented_script_says_that_a_post_has_no_body() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = Command::new(SIGNED_SCRIPT);
    command.args(["POST", "/payment-requests/x/cancel"]);
    command.env("MERCHANT_API", format!("http://{}", listener.local_addr().unwrap()));
    command.env("SIGNING_KEY_ID", "x").env("SIGNING_KEY", "c2VjcmV0");
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut head, mut part) = (String::new(), [0; 4_096]);
        while !head.ends_with("\r\n\r\n") {
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0, "{head}");
            head.push_str(std::str::from_utf8(&part[..length]).unwrap());
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        head
    };
    let (head, told) = tokio::join!(serve, answer(&mut command));
    assert_eq!(told, json!({}));
    assert!(head.contains("\r\nContent-Length: 0\r\n"), "{head}");
}
