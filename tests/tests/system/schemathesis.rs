//! Schemathesis asks every documented operation with thousands of generated requests, good and bad:
//! no answer is a 5xx, and none is other than the document says.

use std::fmt::Write;
use std::fs;
use std::process::Command;

use serde_json::Value;
use system_tests::{Addresses, Product};

use crate::api_document::{FOLDER, MERGED, written};
use crate::stage::{PRICE, Stage};
use crate::test_platform::shared;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What cannot be asked again and again: it ends the login or the shop that all others need, it
/// never ends, or it waits.
const NOT_ASKED: [&str; 4] =
    ["log_out", "close_business", "stream_notifications", "poll_revoked_sessions"];

/// What wrong data may be answered: the tool's own list, and 414, since some of it is very long.
const REFUSED: &str = r#"[400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429, "5xx"]"#;

#[tokio::test]
async fn no_generated_request_gets_an_answer_that_is_not_documented() {
    let platform = shared().await;
    let document = written(&platform).await;
    let config_path = format!("{FOLDER}/schemathesis.toml");
    fs::write(&config_path, config(&platform, document).await).unwrap();

    let installed = Command::new("ops/tools").arg("schemathesis").current_dir(CHECKOUT).status();
    if !installed.unwrap().success() {
        eprintln!("SKIPPED: schemathesis cannot be installed from PyPI");
        return;
    }
    let mut command = Command::new(format!("{CHECKOUT}/.local/tools/schemathesis/bin/st"));
    command
        .args(["--config-file", &config_path, "run", MERGED, "--url", &platform.api])
        .args(["--phases", "examples,coverage,fuzzing", "--seed", "1", "--max-examples", "10"])
        // A rule may refuse what the schema allows.
        .args(["--exclude-checks", "positive_data_acceptance"])
        .args(["--no-color", "--continue-on-failure", "--warnings", "off"]);
    for id in NOT_ASKED {
        command.args(["--exclude-operation-id", id]);
    }
    let run = command.current_dir(FOLDER).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}

/// Who asks for what, and ids of things that exist, so that not every answer is a 404.
async fn config(platform: &Addresses, document: &Value) -> String {
    let Stage { consumer, merchant, shop, .. } = &Stage::set(platform).await;
    let request = merchant.request_payment(&shop.business_id, PRICE).await.unwrap();
    let function_key = platform.function_key().unwrap();
    let mut config = format!(
        "headers = {{ x-functions-key = {function_key:?} }}\n\
         [checks]\n\
         missing_required_header.expected-statuses = [400, 401, 428]\n\
         negative_data_rejection.expected-statuses = {REFUSED}\n\
         [parameters]\n\
         payment_request_id = {:?}\n\
         business_id = {:?}\n",
        request.payment_request_id, shop.business_id
    );
    for (product, session) in [(Product::Consumer, &consumer.0), (Product::Business, &merchant.0)] {
        let authorization = format!("Bearer {}", session.tokens.access_token);
        for id in opened_by(document, product) {
            writeln!(
                config,
                "[[operations]]\n\
                 include-operation-id = {id:?}\n\
                 headers = {{ Authorization = {authorization:?} }}"
            )
            .unwrap();
        }
    }
    config
}

/// The operations that a token of this product opens; those of both products, for a consumer.
fn opened_by(document: &Value, product: Product) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
    let is_opened = |operation: &&Value| {
        let Some(products) = operation.pointer("/security/0/bearer") else { return false };
        match products[0].as_str() {
            Some(name) => name == product.name(),
            None => product == Product::Consumer,
        }
    };
    let id = |operation: &Value| operation["operationId"].as_str().unwrap().to_owned();
    operations.filter(is_opened).map(id).collect()
}
