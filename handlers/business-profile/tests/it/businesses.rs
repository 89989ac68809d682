//! Creating, reading and replacing one's own businesses.

use events::business_profile::BusinessChangedV1;
use serde_json::{Value, json};
use service::Scope;
use testkit::Device;
use values::{BusinessId, UserId};

use crate::Fixture;

const ALL: &str = "/api/v1/businesses";

fn tea_house() -> Value {
    json!({"shop_name": "永記茶餐廳", "category_code": "5812", "fps_id": "1234567"})
}

fn path(business: &Value) -> String {
    format!("{ALL}/{}", business["business_id"].as_str().unwrap())
}

#[tokio::test]
async fn a_business_is_created_replaced_read_back_and_told_to_other_services() {
    let fixture = Fixture::new().await;
    let (status, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    assert_eq!((status, &created["version"]), (201, &json!(1)));
    assert_eq!(created["owner_user_id"], json!(fixture.user_id));
    assert_eq!(fixture.call("GET", &path(&created), None).await, (200, created.clone()));

    let new = json!({"shop_name": "Wing Kee", "category_code": "5814"});
    let (status, replaced) = fixture.call("PUT", &path(&created), Some(&new)).await;
    let expected = json!({
        "business_id": created["business_id"], "owner_user_id": fixture.user_id,
        "shop_name": "Wing Kee", "category_code": "5814", "fps_id": null, "version": 2,
    });
    assert_eq!((status, &replaced), (200, &expected));
    assert_eq!(fixture.call("GET", ALL, None).await, (200, json!({"businesses": [expected]})));

    let events = fixture.database.outbox().await;
    let told: Vec<BusinessChangedV1> =
        events.iter().map(|event| event.decode().unwrap().unwrap()).collect();
    assert_eq!((told.len(), told[0].version, told[1].version), (2, 1, 2));
    assert_eq!(
        (told[0].shop_name.as_str(), told[0].fps_id.as_deref()),
        ("永記茶餐廳", Some("1234567"))
    );
    assert_eq!((told[1].category_code.as_str(), &told[1].fps_id), ("5814", &None));
    assert_eq!(told[1].owner_user_id, fixture.user_id.to_string());
    assert_eq!(json!(events[1].subject), created["business_id"]);
}

#[tokio::test]
async fn a_person_owns_at_most_five_businesses_even_if_ten_are_created_at_once() {
    let fixture = Fixture::new().await;
    let body = tea_house();
    let calls = (0..10).map(|_| fixture.call("POST", ALL, Some(&body)));
    let (mut created, mut refused) = (0, 0);
    for (status, answer) in futures_util::future::join_all(calls).await {
        match status {
            201 => created += 1,
            _ => {
                assert_eq!((status, &answer["code"]), (409, &json!("too-many-businesses")));
                refused += 1;
            }
        }
    }
    assert_eq!((created, refused), (5, 5));
    assert_eq!(fixture.database.count("businesses").await, 5);
    assert_eq!(fixture.database.count("outbox").await, 5);

    let other = fixture.issuer.token(UserId::new(), Scope::Business, &Device::new());
    assert_eq!(fixture.call_with(&other, "POST", ALL, Some(&body)).await.0, 201);
}

#[tokio::test]
async fn somebody_elses_business_is_neither_seen_nor_changed() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    let other = fixture.issuer.token(UserId::new(), Scope::Business, &Device::new());
    let stolen = json!({"shop_name": "Mine", "category_code": "0000"});
    for (method, body) in [("GET", None), ("PUT", Some(&stolen))] {
        let (status, problem) = fixture.call_with(&other, method, &path(&created), body).await;
        assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")), "{method}");
    }
    let (_, list) = fixture.call_with(&other, "GET", ALL, None).await;
    assert_eq!(list, json!({"businesses": []}));
    assert_eq!(fixture.call("GET", &path(&created), None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);

    let unknown = format!("{ALL}/{}", BusinessId::new());
    assert_eq!(fixture.call("GET", &unknown, None).await.1["code"], "business-not-found");
}

#[tokio::test]
async fn the_other_product_may_not_call() {
    let fixture = Fixture::new().await;
    let consumer = fixture.issuer.token(fixture.user_id, Scope::Consumer, &Device::new());
    for (method, body) in [("GET", None), ("POST", Some(&tea_house()))] {
        let (status, problem) = fixture.call_with(&consumer, method, ALL, body).await;
        assert_eq!((status, &problem["code"]), (403, &json!("wrong-product")), "{method}");
    }
    let (status, problem) = fixture.call_with("forged", "GET", ALL, None).await;
    assert_eq!((status, &problem["code"]), (401, &json!("invalid-token")));
}

#[tokio::test]
async fn a_refused_business_changes_nothing() {
    let fixture = Fixture::new().await;
    let (_, created) = fixture.call("POST", ALL, Some(&tea_house())).await;
    for body in [
        json!({"shop_name": "", "category_code": "5812"}),
        json!({"shop_name": "文".repeat(51), "category_code": "5812"}),
        json!({"shop_name": "Wing Kee"}),
        json!({"shop_name": "Wing Kee", "category_code": "58"}),
        json!({"shop_name": "Wing Kee", "category_code": 5812}),
        json!({"shop_name": "Wing Kee", "category_code": "5812", "fps_id": "12345"}),
        json!({"shop_name": "Wing Kee", "category_code": "5812", "version": 7}),
        json!([]),
    ] {
        for (method, path) in [("POST", ALL), ("PUT", path(&created).as_str())] {
            let (status, problem) = fixture.call(method, path, Some(&body)).await;
            assert_eq!((status, &problem["code"]), (400, &json!("invalid-body")), "{body}");
        }
    }
    assert_eq!(fixture.call("GET", &path(&created), None).await.1, created);
    assert_eq!(fixture.database.count("outbox").await, 1);
}

#[tokio::test]
async fn the_relays_timer_is_answered() {
    let fixture = Fixture::new().await;
    let trigger = "/business_profile_relay_outbox";
    assert_eq!(fixture.call("POST", trigger, None).await, (200, json!({})));
}
