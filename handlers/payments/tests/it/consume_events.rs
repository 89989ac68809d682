//! Read models: what other services tell of people and shops.

use events::business_profile::BusinessChangedV1;
use events::payments::MoneyMovedV1;
use events::user_profile::ProfileChangedV1;
use mysql_async::prelude::Queryable;
use serde_json::json;
use testkit::event;
use values::Product;

use crate::{Fixture, business, changed, new_key, signed};

#[tokio::test]
async fn a_late_older_version_of_a_shop_changes_nothing() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let newer = changed(&owner, shop, 3, "新永記");
    let older = changed(&owner, shop, 2, "舊永記");
    fixture.deliver("payments_on_business_profile", &[newer, older]).await;
    let body = json!({"business_id": shop, "amount": {"amount": 1, "currency": "HKD"}});
    let (_, request) = fixture.post(&owner, "/api/v1/payment-requests", &new_key(), &body).await;
    assert_eq!(request["shop_name"], "新永記");
}

#[tokio::test]
async fn the_category_of_a_shop_is_kept_for_reports_as_its_newest_version_says_it() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let told = |version, code: &str| {
        let category_code = code.to_owned();
        let business = business(&owner, shop, version, "永記");
        event(&shop.to_string(), &BusinessChangedV1 { category_code, ..business })
    };
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    for (events, kept) in [
        (vec![told(3, "5411"), told(2, "5814"), told(3, "5814")], Some("5411")),
        // One that cannot be read is none, and keeps nobody from being paid.
        (vec![told(4, "54l1")], None),
        // Told again, as after an instance that knew of no categories.
        (vec![told(3, "5411")], None),
        (vec![told(4, "5812")], Some("5812")),
    ] {
        fixture.deliver("payments_on_business_profile", &events).await;
        let sql = "SELECT category_code FROM shops";
        let category: Option<Option<String>> = conn.query_first(sql).await.unwrap();
        assert_eq!(category.unwrap().as_deref(), kept);
    }
    assert_eq!(fixture.database.count("parked_events").await, 0);
}

#[tokio::test]
async fn opening_a_wallet_again_leaves_its_money_alone() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(700).await;
    let registered = events::auth::UserRegisteredV1 { user_id: person.user_id.to_string() };
    let again = event(&person.user_id.to_string(), &registered);
    fixture.deliver("payments_on_auth", &[again]).await;
    assert_eq!(fixture.balance(&person).await, 700);
}

#[tokio::test]
async fn a_payment_carries_the_name_that_the_payer_has_chosen() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(20_000).await;
    let profile = ProfileChangedV1 {
        user_id: payer.user_id.to_string(),
        version: 1,
        display_name: "陳大文".to_owned(),
        language: "zh-Hant".to_owned(),
        picture_id: None,
    };
    let profile = event(&payer.user_id.to_string(), &profile);
    fixture.deliver("payments_on_user_profile", &[profile]).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let body = signed(&payer, shop, &request, &key);
    fixture.post(&payer, "/api/v1/payments", &key, &body).await;
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    let payment = told.iter().find(|moved| moved.kind == "payment").unwrap();
    assert_eq!(payment.from.name, "陳大文");
}

#[tokio::test]
async fn a_broken_event_is_parked() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let mut broken = changed(&owner, shop, 2, "永記");
    broken.data["owner_user_id"] = json!("nobody");
    let person = fixture.person(Product::Consumer).await;
    fixture.deliver("payments_on_business_profile", &[broken]).await;
    assert_eq!(fixture.database.count("parked_events").await, 1);
    assert_eq!(fixture.balance(&person).await, 0);
}
