//! Who has a login for a moment is not told for good of all that a shop is paid.

use serde_json::json;
use testkit::{Call, InProcess};
use uuid::Uuid;
use values::Product;

use crate::webhook_endpoints::{ENDPOINTS, Shop, path_of};

#[tokio::test]
async fn a_login_alone_makes_no_endpoint_and_reads_no_secret_again() {
    let shop = Shop::new().await;
    let (owner, routes) = (shop.fixture.owner, shop.fixture.routes.clone());
    let body = json!({
        "business_id": shop.business_id,
        "url": "https://localhost/ok",
        "webhook_types": ["payment-completed"],
    });
    let token = shop.fixture.token(owner, Product::Business);
    let call = Call::post(ENDPOINTS).key(&Uuid::new_v4().to_string()).json(&body);
    let refuse = async || {
        let answer = call.clone().bearer(&token).send(&routes).await;
        answer.expect_refusal(401, "step-up-required");
    };
    refuse().await;
    assert_eq!(shop.fixture.database.count("webhook_endpoints").await, 0);
    let made = shop.send_by(owner, call.clone()).await.expect(201);
    refuse().await;
    Call::get(&path_of(&made)).bearer(&token).send(&routes).await.expect(200);
}

#[tokio::test]
async fn a_login_alone_replaces_no_secret_reads_none_again_and_silences_no_endpoint() {
    let shop = Shop::new().await;
    let (owner, routes) = (shop.fixture.owner, shop.fixture.routes.clone());
    let path = path_of(&shop.register("/ok").await);
    let token = shop.fixture.token(owner, Product::Business);
    let refuse = async |call: &Call| {
        let answer = call.clone().bearer(&token).send(&routes).await;
        answer.expect_refusal(401, "step-up-required");
    };
    let rotate = Call::post(&format!("{path}/secrets")).key(&Uuid::new_v4().to_string());
    refuse(&rotate).await;
    assert_eq!(shop.fixture.database.count("webhook_secrets").await, 1);
    shop.send_by(owner, rotate.clone()).await.expect(201);
    refuse(&rotate).await;
    refuse(&Call::post(&format!("{path}/pause"))).await;
    refuse(&Call::new("DELETE", &path)).await;
    assert_eq!(shop.get(&path).await["status"], "enabled");
}
