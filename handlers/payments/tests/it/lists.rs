//! What a person has paid, what a shop has received and asked for, and nobody else's.

use std::time::Duration;

use events::user_profile::ProfileChangedV1;
use serde_json::{Value, json};
use testkit::{Call, event};
use time::OffsetDateTime;
use values::{BusinessId, Product, Timestamp};

use crate::{Fixture, Person, for_payer, net, new_key, signed};

const PAYMENTS: &str = "/api/v1/payments";
const REQUESTS: &str = "/api/v1/payment-requests";

impl Fixture {
    /// Pays a new request of the shop; the payment.
    async fn paid(&self, payer: &Person, owner: &Person, shop: BusinessId) -> Value {
        let (request, key) = (self.request(owner, shop).await, new_key());
        let body = signed(payer, shop, &request, &key);
        let (status, payment) = self.post(payer, PAYMENTS, &key, &body).await;
        assert_eq!(status, 201, "{payment}");
        payment
    }

    /// The items of a list that must be a whole one.
    async fn items(&self, person: &Person, path: &str) -> Vec<Value> {
        let (status, page) = self.get(person, path).await;
        assert_eq!((status, &page["next_cursor"]), (200, &json!(null)), "{page}");
        page["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn payer_and_shop_list_the_payments_between_them_newest_first() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (one, other) = (fixture.consumer_with(50_000).await, fixture.consumer_with(50_000).await);
    let named = ProfileChangedV1 {
        user_id: other.user_id.to_string(),
        version: 2,
        display_name: "陳大文".to_owned(),
        language: "en".to_owned(),
        picture_id: None,
    };
    let named = event(&named.user_id.clone(), &named);
    fixture.deliver("payments_on_user_profile", &[named]).await;
    let first = fixture.paid(&one, &owner, shop).await;
    let second = fixture.paid(&one, &owner, shop).await;
    let third = fixture.paid(&other, &owner, shop).await;

    assert_eq!(fixture.items(&one, PAYMENTS).await, [second.clone(), first.clone()]);
    let of_shop = format!("{PAYMENTS}?business_id={shop}");
    let received = fixture.items(&owner, &of_shop).await;
    for payment in &received {
        let fee = [&payment["fee"]["amount"], &payment["net"]["amount"]];
        assert_eq!(fee, [&json!(193), &json!(net(12_850))]);
    }
    let received: Vec<Value> = received.into_iter().map(for_payer).collect();
    assert_eq!(received, [third.clone(), second, first]);
    assert_eq!(third["payer"], json!({"type": "user", "id": other.user_id, "name": "陳大文"}));
    let movements = format!("/api/v1/wallets/businesses/{shop}/movements");
    let newest = &fixture.items(&owner, &movements).await[1];
    assert_eq!(newest["counterparty"], third["payer"]);
    assert_eq!(third["payee"], json!({"type": "business", "id": shop, "name": "永記茶餐廳"}));
}

#[tokio::test]
async fn a_shop_lists_its_movements_and_its_requests_as_they_stand() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    let payment = fixture.paid(&payer, &owner, shop).await;
    let open = fixture.request(&owner, shop).await;

    let movements = format!("/api/v1/wallets/businesses/{shop}/movements");
    let movements = fixture.items(&owner, &movements).await;
    // The fee comes after what it is for.
    for (movement, expected) in movements
        .iter()
        .zip([(193, "out", true, &Value::Null), (12_850, "in", false, &payment["payer"])])
    {
        let (amount, direction, is_fee, counterparty) = expected;
        assert_eq!(
            (&movement["amount"]["amount"], &movement["direction"]),
            (&json!(amount), &json!(direction))
        );
        assert_eq!(
            (&movement["is_fee"], &movement["counterparty"]),
            (&json!(is_fee), counterparty)
        );
        let subject = json!({"type": "payment", "id": payment["payment_id"]});
        assert_eq!(movement["subject"], subject);
    }
    assert_eq!(movements.len(), 2);
    let requests = fixture.items(&owner, &format!("{REQUESTS}?business_id={shop}")).await;
    let of = |at: usize| (&requests[at]["payment_request_id"], &requests[at]["status"]);
    assert_eq!(of(0), (&json!(open), &json!("open")));
    assert_eq!(of(1), (&payment["payment_request_id"], &json!("paid")));
}

#[tokio::test]
async fn nobody_lists_what_belongs_to_somebody_else() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let (rival, _) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    for _ in 0..2 {
        fixture.paid(&payer, &owner, shop).await;
    }
    let of_shop = format!("{PAYMENTS}?business_id={shop}");
    for (person, path) in [
        (&rival, of_shop.clone()),
        (&rival, format!("{REQUESTS}?business_id={shop}")),
        (&rival, format!("/api/v1/wallets/businesses/{shop}/movements")),
    ] {
        let (status, problem) = fixture.get(person, &path).await;
        assert_eq!((status, &problem["code"]), (404, &json!("business-not-found")), "{path}");
    }
    let (status, problem) = fixture.get(&payer, &of_shop).await;
    assert_eq!((status, &problem["code"]), (403, &json!("wrong-product")));
    let (status, problem) = fixture.get(&owner, PAYMENTS).await;
    assert_eq!((status, &problem["code"]), (400, &json!("invalid-query")));
    let stranger = fixture.person(Product::Consumer).await;
    assert!(fixture.items(&stranger, PAYMENTS).await.is_empty());

    let (_, page) = fixture.get(&payer, &format!("{PAYMENTS}?limit=1")).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    for (person, path) in [
        (&stranger, format!("{PAYMENTS}?cursor={cursor}")),
        (&owner, format!("{of_shop}&cursor={cursor}")),
        (&payer, format!("/api/v1/wallets/me/movements?cursor={cursor}")),
    ] {
        let (status, problem) = fixture.get(person, &path).await;
        assert_eq!((status, &problem["code"]), (400, &json!("cursor-invalid")), "{path}");
    }
}

#[tokio::test]
async fn a_top_up_is_where_its_answer_says_for_its_owner_only() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let body = json!({"amount": {"amount": 700, "currency": "HKD"}});
    let call = Call::post("/api/v1/wallets/me/top-ups").bearer(&person.token).json(&body);
    let first = fixture.send(call.clone()).await;
    let path = first.header("location").to_owned();
    assert_eq!(fixture.get(&person, &path).await, (200, first.expect(201)));
    assert_eq!(fixture.send(call).await.header("location"), path);

    let stranger = fixture.person(Product::Consumer).await;
    let (status, problem) = fixture.get(&stranger, &path).await;
    assert_eq!((status, &problem["code"]), (404, &json!("top-up-not-found")));
}

#[tokio::test]
async fn a_shop_whose_event_is_on_its_way_is_not_yet_known_and_one_of_old_is_absent() {
    let fixture = Fixture::new().await;
    let owner = fixture.person(Product::Business).await;
    let old: BusinessId = "biz_01h455vb4pex5vsknk084sn02q".parse().unwrap();
    for (shop, code) in [(BusinessId::new(), "not-yet-known"), (old, "business-not-found")] {
        let requests = format!("{REQUESTS}?business_id={shop}");
        let movements = format!("/api/v1/wallets/businesses/{shop}/movements");
        for path in [requests, movements, format!("/api/v1/wallets/businesses/{shop}")] {
            let (status, problem) = fixture.get(&owner, &path).await;
            assert_eq!((status, &problem["code"]), (404, &json!(code)), "{path}");
        }
        let body = json!({"business_id": shop, "amount": {"amount": 1, "currency": "HKD"}});
        let (status, problem) = fixture.post(&owner, REQUESTS, &new_key(), &body).await;
        assert_eq!((status, &problem["code"]), (404, &json!(code)));
    }
}

#[tokio::test]
async fn lists_are_narrowed_to_when_things_were_created() {
    let fixture = Fixture::new().await;
    let (owner, shop) = fixture.shop().await;
    let payer = fixture.consumer_with(50_000).await;
    let early = fixture.paid(&payer, &owner, shop).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let moment = Timestamp::from(OffsetDateTime::now_utc());
    let moment = serde_json::to_value(moment).unwrap().as_str().unwrap().to_owned();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let late = fixture.paid(&payer, &owner, shop).await;

    let requests = format!("{REQUESTS}?business_id={shop}&");
    let movements = "/api/v1/wallets/me/movements?".to_owned();
    for (person, path) in
        [(&payer, format!("{PAYMENTS}?")), (&owner, requests), (&payer, movements)]
    {
        let of = async |bounds: String| {
            let items = fixture.items(person, &format!("{path}{bounds}")).await;
            let of_movement = |item: &Value| item["subject"].get("id").cloned();
            let id = |item: Value| of_movement(&item).unwrap_or_else(|| item["payment_id"].clone());
            items.into_iter().map(id).collect::<Vec<Value>>()
        };
        assert_eq!(of(format!("created_from={moment}")).await, [late["payment_id"].clone()]);
        let before = of(format!("created_before={moment}")).await;
        assert_eq!(before[0], early["payment_id"], "{path}");
        assert!(!before.contains(&late["payment_id"]), "{path}");
        let none = of(format!("created_from={moment}&created_before={moment}")).await;
        assert_eq!(none, Vec::<Value>::new());
        let (status, _) = fixture.get(person, &format!("{path}created_from=yesterday")).await;
        assert_eq!(status, 400);
    }
    let narrowed = format!("{PAYMENTS}?limit=1&created_from=2026-01-01T00:00:00Z");
    let (_, page) = fixture.get(&payer, &narrowed).await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let (_, page) = fixture.get(&payer, &format!("{narrowed}&cursor={cursor}")).await;
    assert_eq!(page["items"][0], early);
}
