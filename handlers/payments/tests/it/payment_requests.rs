//! Payment requests: creating, reading, cancelling, expiring.

use events::payments::{PaymentRequestClosedV1, PaymentRequestCreatedV1};
use serde_json::json;
use values::Product;

use crate::{Fixture, for_payer, new_key};

const REQUESTS: &str = "/api/v1/payment-requests";

#[tokio::test]
async fn a_request_is_created_once_per_key_read_by_its_payer_and_told() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let body = json!({
        "business_id": shop, "amount": {"amount": 12_850, "currency": "HKD"},
        "description": "Table 7", "expires_in_seconds": 60,
    });
    let key = new_key();
    let first = fixture.post(&owner, REQUESTS, &key, &body).await;
    assert_eq!(first, fixture.post(&owner, REQUESTS, &key, &body).await);
    let (status, request) = first;
    assert_eq!((status, &request["status"]), (201, &json!("open")));
    assert_eq!(request["shop_name"], "永記茶餐廳");

    let payer = fixture.person(Product::Consumer).await;
    let path = format!("{REQUESTS}/{}", request["payment_request_id"].as_str().unwrap());
    assert_eq!(request["created_by"], json!(owner.user_id));
    assert_eq!(fixture.get(&payer, &path).await, (200, for_payer(request)));
    let told: Vec<PaymentRequestCreatedV1> = fixture.database.told().await;
    assert_eq!((told.len(), told[0].amount, told[0].description.as_str()), (1, 12_850, "Table 7"));
}

#[tokio::test]
async fn only_the_owner_asks_in_a_shops_name_or_cancels() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (other, _) = fixture.shop().await;
    let body = json!({"business_id": shop, "amount": {"amount": 1, "currency": "HKD"}});
    let (status, problem) = fixture.post(&other, REQUESTS, &new_key(), &body).await;
    assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")));

    let cancel = format!("{REQUESTS}/{}/cancel", fixture.request(&owner, shop).await);
    let (status, problem) = fixture.post(&other, &cancel, "-", &json!({})).await;
    assert_eq!((status, &problem["code"]), (404, &json!("payment-request-not-found")));
    let balance = format!("/api/v1/wallets/businesses/{shop}");
    assert_eq!(fixture.get(&other, &balance).await.0, 404);
}

#[tokio::test]
async fn cancelling_twice_is_cancelling_once() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let cancel = format!("{REQUESTS}/{}/cancel", fixture.request(&owner, shop).await);
    for _ in 0..2 {
        let (status, request) = fixture.post(&owner, &cancel, "-", &json!({})).await;
        assert_eq!((status, &request["status"]), (200, &json!("cancelled")));
    }
    let told: Vec<PaymentRequestClosedV1> = fixture.database.told().await;
    assert_eq!((told.len(), told[0].status.as_str()), (1, "cancelled"));
}

#[tokio::test]
async fn an_overdue_request_reads_as_expired_and_is_closed_by_the_timer() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let body = json!({
        "business_id": shop, "amount": {"amount": 1, "currency": "HKD"}, "expires_in_seconds": 1,
    });
    let (_, request) = fixture.post(&owner, REQUESTS, &new_key(), &body).await;
    let lasting = fixture.request(&owner, shop).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;

    let path = format!("{REQUESTS}/{}", request["payment_request_id"].as_str().unwrap());
    assert_eq!(fixture.get(&owner, &path).await.1["status"], "expired");
    fixture.deliver("payments_do_what_is_due", &[]).await;
    fixture.deliver("payments_do_what_is_due", &[]).await;
    let told: Vec<PaymentRequestClosedV1> = fixture.database.told().await;
    assert_eq!((told.len(), told[0].status.as_str()), (1, "expired"));
    let (status, problem) = fixture.post(&owner, &format!("{path}/cancel"), "-", &json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("payment-request-expired")));
    assert_eq!(fixture.get(&owner, &format!("{REQUESTS}/{lasting}")).await.1["status"], "open");
}

#[tokio::test]
async fn refused_requests_leave_nothing_behind() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let amount = json!({"amount": 1, "currency": "HKD"});
    for body in [
        json!({"business_id": shop, "amount": {"amount": 0, "currency": "HKD"}}),
        json!({"business_id": shop, "amount": amount, "expires_in_seconds": 0}),
        json!({"business_id": shop, "amount": amount, "expires_in_seconds": 86_401}),
        json!({"business_id": shop, "amount": amount, "description": "x".repeat(101)}),
        json!({"business_id": "usr_01h455vb4pex5vsknk084sn02q", "amount": amount}),
        json!({"business_id": shop, "amount": amount, "status": "paid"}),
    ] {
        let (status, problem) = fixture.post(&owner, REQUESTS, &new_key(), &body).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
    }
    assert_eq!(fixture.database.count("payment_requests").await, 0);
    assert_eq!(fixture.database.count("operation_keys").await, 0);
}
