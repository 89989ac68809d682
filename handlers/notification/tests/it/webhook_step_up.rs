//! Who has a login for a moment is not told for good of all that a shop is paid.

use notification::routes;
use serde_json::json;
use testkit::{Call, InProcess};
use uuid::Uuid;
use values::Product;

use crate::webhook_endpoints::{ENDPOINTS, Shop, path_of};

#[tokio::test]
async fn a_login_alone_makes_no_endpoint_and_reads_no_secret_again() {
    let shop = Shop::new().await;
    let (owner, routes) = (shop.fixture.owner, routes(shop.fixture.app.clone()));
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
