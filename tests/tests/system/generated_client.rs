//! A phone in TypeScript, made from the merged document alone (`tests/openapi-client`), plays the
//! main job over a connection that loses one answer in ten and sends one request in ten twice.

use std::process::Command;

use serde_json::Value;

use crate::api_document::written;
use crate::test_platform::shared;

const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What a correct client may meet on such a connection.
const REFUSALS: [&str; 6] = [
    "idempotency-key-in-flight",
    "not-yet-known",
    "otp-invalid",
    "try-again",
    "version-stale",
    "wallet-not-open",
];

#[tokio::test]
async fn a_generated_client_does_each_thing_once_over_a_lossy_connection() {
    let platform = shared().await;
    written(&platform).await;
    run("npm", &["run", "--silent", "phone"]);
    let main_job = "target/openapi/phone/main-job.mjs";
    let key = platform.function_key().unwrap();
    let printed = run("node", &[main_job, &platform.api, &platform.sms_inbox, &key]);
    let results: Value = serde_json::from_str(&printed).unwrap();

    let count = |name: &str| results[name].as_i64().unwrap();
    assert!(count("lost") >= 40 && count("doubled") >= 40, "{results}");
    // In each play one renewal loses its answer, and another is sent twice.
    assert_eq!(count("log_ins"), 0, "{results}");
    let refusals = results["refusals"].as_object().unwrap();
    let unexpected = refusals.keys().find(|code| !REFUSALS.contains(&code.as_str()));
    assert_eq!(unexpected, None, "{results}");
}

/// What it prints.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let run = Command::new(program).args(arguments).current_dir(CHECKOUT).output().unwrap();
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{program} {arguments:?}: {printed}{complaint}");
    printed
}
