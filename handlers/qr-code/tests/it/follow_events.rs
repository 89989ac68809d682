//! Learning of shops and payment requests from other services' events.

use serde_json::json;
use time::Duration;

use crate::{Fixture, ON_BUSINESS_PROFILE, ON_PAYMENTS};

#[tokio::test]
async fn an_older_version_of_a_shop_that_arrives_late_changes_nothing() {
    let fixture = Fixture::new().await;
    for (version, name) in [(2, "Second"), (1, "First")] {
        fixture.deliver(ON_BUSINESS_PROFILE, &[fixture.shop(version, name)]).await;
        let payload = fixture.payload(&fixture.shop_code("txt")).await;
        assert!(payload.contains("5906Second"), "{payload}");
    }
    fixture.deliver(ON_BUSINESS_PROFILE, &[fixture.shop(3, "Third")]).await;
    assert!(fixture.payload(&fixture.shop_code("txt")).await.contains("5905Third"));
}

#[tokio::test]
async fn a_request_stays_closed_however_often_its_events_are_delivered() {
    let fixture = Fixture::informed().await;
    let payload = fixture.payload(&fixture.request_code("txt")).await;
    let created = fixture.request_created(Duration::minutes(15));
    let closed = fixture.request_closed("cancelled");
    fixture.deliver(ON_PAYMENTS, &[created.clone(), closed.clone()]).await;
    fixture.deliver(ON_PAYMENTS, &[created, closed]).await;
    fixture.deliver(ON_PAYMENTS, &[fixture.request_created(Duration::minutes(15))]).await;

    assert_eq!(fixture.scan(&payload).await.1["status"], "cancelled");
    assert_eq!(fixture.database.count("payment_requests").await, 1);
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn what_cannot_be_processed_is_parked_and_blocks_nothing() {
    let fixture = Fixture::new().await;
    let broken = |field: &str, value| {
        let mut event = fixture.request_created(Duration::minutes(15));
        event.data[field] = value;
        event
    };
    let mut unknown = fixture.request_closed("paid");
    unknown.kind = "payme.payments.something-new.v1".to_owned();
    let batch = [
        fixture.request_closed("paid"),
        broken("payment_request_id", json!("preq_1")),
        broken("amount", json!(0)),
        broken("currency", json!("CNY")),
        broken("expires_at", json!("soon")),
        unknown,
        fixture.request_created(Duration::minutes(15)),
        fixture.request_closed("open"),
    ];
    fixture.deliver(ON_PAYMENTS, &batch).await;
    fixture.deliver(ON_PAYMENTS, &batch).await;
    assert_eq!(fixture.database.count("parked_events").await, 6);
    assert_eq!(fixture.database.count("payment_requests").await, 1);
}

#[tokio::test]
async fn a_shop_that_cannot_stand_in_a_code_is_parked() {
    let fixture = Fixture::new().await;
    let mut batch = Vec::new();
    for (field, value) in [
        ("shop_name", json!("")),
        ("category_code", json!("58")),
        ("fps_id", json!("12 34567")),
        ("business_id", json!("biz_1")),
    ] {
        let mut shop = fixture.shop(1, "Wing Kee");
        shop.data[field] = value;
        batch.push(shop);
    }
    fixture.deliver(ON_BUSINESS_PROFILE, &batch).await;
    assert_eq!(fixture.database.count("parked_events").await, 4);
    assert_eq!(fixture.database.count("shops").await, 0);
}
