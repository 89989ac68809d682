//! Learning of shops from the business-profile service's events.

use serde_json::json;

use crate::{Fixture, ON_BUSINESS_PROFILE};

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
async fn a_shop_that_cannot_stand_in_a_code_is_parked() {
    let fixture = Fixture::new().await;
    let mut batch = Vec::new();
    for (field, value) in [
        ("shop_name", json!("")),
        ("shop_name_latin", json!("永記")),
        ("category_code", json!("58")),
        ("fps_id", json!("12 34567")),
        ("business_id", json!("biz_1")),
    ] {
        let mut shop = fixture.shop(1, "Wing Kee");
        shop.data[field] = value;
        batch.push(shop);
    }
    fixture.deliver(ON_BUSINESS_PROFILE, &batch).await;
    assert_eq!(fixture.database.count("parked_events").await, 5);
    assert_eq!(fixture.database.count("shops").await, 0);
}
