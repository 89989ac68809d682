//! People with passkeys, in Chromium (`tests/browser`).

use serde_json::{Value, json};
use system_tests::PIN;

use crate::generated_client::run;
use crate::stage::{PRICE, Stage};
use crate::test_platform::shared;

#[tokio::test]
async fn a_customer_makes_a_passkey_in_a_browser_logs_in_and_pays_by_it() {
    let platform = shared().await;
    let stage = Stage::set(&platform).await;
    let (_, terms) = stage.request(PRICE).await;
    let tokens = &stage.consumer.0.tokens;
    play(
        "customer",
        &json!({
            "origin": origin(&platform.api),
            "pin": PIN,
            "access_token": tokens.access_token,
            "user_id": tokens.user_id,
            "terms": {
                "payment_request_id": terms.payment_request_id,
                "business_id": terms.business_id,
                "amount": terms.amount,
            },
        }),
    );
    stage.assert_paid_once(PRICE).await;
}

/// Prints how long each step took.
fn play(journey: &str, scene: &Value) {
    let printed = run("node", &[&format!("tests/browser/{journey}.mjs"), &scene.to_string()]);
    println!("{journey}, in ms: {}", printed.trim());
}

/// A page with passkeys has a name.
fn origin(api: &str) -> String {
    api.replace("127.0.0.1", "localhost")
}
