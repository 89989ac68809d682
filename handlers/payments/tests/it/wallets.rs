//! Wallets: opening, topping up, history.

use events::payments::MoneyMovedV1;
use serde_json::json;
use testkit::Call;
use values::Product;

use crate::{Fixture, new_key, signed};

const OWN: &str = "/api/v1/wallets/me";
const TOP_UPS: &str = "/api/v1/wallets/me/top-ups";
const MOVEMENTS: &str = "/api/v1/wallets/me/movements";

#[tokio::test]
async fn a_wallet_that_is_not_open_is_never_shown_as_zero() {
    let fixture = Fixture::new().await;
    let stranger = fixture.stranger(Product::Consumer);
    for path in [OWN, MOVEMENTS] {
        let (status, problem) = fixture.get(&stranger, path).await;
        assert_eq!((status, &problem["code"]), (404, &json!("wallet-not-open")));
    }
    let body = json!({"amount": {"amount": 100, "currency": "HKD"}});
    let (status, problem) = fixture.post(&stranger, TOP_UPS, &new_key(), &body).await;
    assert_eq!((status, &problem["code"]), (404, &json!("wallet-not-open")));
    assert_eq!(fixture.database.count("transfers").await, 0);
}

#[tokio::test]
async fn one_key_tops_up_once_and_answers_the_same_bytes() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let (key, body) = (new_key(), json!({"amount": {"amount": 50_000, "currency": "HKD"}}));
    let first = fixture.post_text(&person, TOP_UPS, &key, &body).await;
    let second = fixture.post_text(&person, TOP_UPS, &key, &body).await;
    assert_eq!(first.0, 201);
    assert_eq!(first, second);
    assert_eq!(fixture.balance(&person).await, 50_000);
    let told: Vec<MoneyMovedV1> = fixture.database.told().await;
    assert_eq!((told.len(), told[0].amount), (1, 50_000));

    let other = json!({"amount": {"amount": 50_001, "currency": "HKD"}});
    let (status, problem) = fixture.post(&person, TOP_UPS, &key, &other).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency-key-reused")));
    assert_eq!(fixture.balance(&person).await, 50_000);
}

#[tokio::test]
async fn twenty_twins_of_one_top_up_move_money_once() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let (key, body) = (new_key(), json!({"amount": {"amount": 700, "currency": "HKD"}}));
    let twins = (0..20).map(|_| fixture.post_text(&person, TOP_UPS, &key, &body));
    let answers = futures_util::future::join_all(twins).await;
    let id = |(status, text): &(u16, String)| {
        assert_eq!(*status, 201, "{text}");
        serde_json::from_str::<serde_json::Value>(text).unwrap()["top_up_id"].clone()
    };
    assert!(answers.iter().all(|answer| id(answer) == id(&answers[0])), "{answers:?}");
    assert_eq!(fixture.balance(&person).await, 700);
}

#[tokio::test]
async fn fifty_top_ups_at_once_all_arrive_although_they_share_the_bank_account() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let body = json!({"amount": {"amount": 100, "currency": "HKD"}});
    let keys: Vec<String> = (0..50).map(|_| new_key()).collect();
    let top_ups = keys.iter().map(|key| fixture.post(&person, TOP_UPS, key, &body));
    for (status, answer) in futures_util::future::join_all(top_ups).await {
        assert_eq!(status, 201, "{answer}");
    }
    assert_eq!(fixture.balance(&person).await, 5_000);
    assert_eq!(fixture.audit().await["balanced"], true);
}

#[tokio::test]
async fn a_missing_or_malformed_key_is_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.person(Product::Consumer).await;
    let body = json!({"amount": {"amount": 100, "currency": "HKD"}});
    let (status, problem) = fixture.post(&person, TOP_UPS, "two words", &body).await;
    assert_eq!((status, &problem["code"]), (400, &json!("idempotency-key-invalid")));
    let call = Call::post(TOP_UPS).bearer(&person.token).json(&body);
    let problem = fixture.send(call.without("idempotency-key")).await.json();
    assert_eq!(problem["code"], "idempotency-key-missing");
    assert_eq!(fixture.balance(&person).await, 0);
}

#[tokio::test]
async fn history_shows_both_directions_newest_first_page_by_page() {
    let fixture = Fixture::new().await;
    let payer = fixture.consumer_with(20_000).await;
    let (owner, shop) = fixture.shop().await;
    let (request, key) = (fixture.request(&owner, shop).await, new_key());
    let body = signed(&payer, shop, &request, &key);
    let (_, payment) = fixture.post(&payer, "/api/v1/payments", &key, &body).await;

    let (status, page) = fixture.get(&payer, MOVEMENTS).await;
    assert_eq!(status, 200);
    let entries = page["items"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["subject"]["id"], payment["payment_id"]);
    assert_eq!(entries[0]["counterparty"]["name"], "永記茶餐廳");
    assert_eq!((&entries[0]["direction"], &entries[1]["direction"]), (&json!("out"), &json!("in")));
    assert_eq!(
        (&entries[1]["subject"]["type"], &page["next_cursor"]),
        (&json!("top-up"), &json!(null))
    );

    for _ in 0..49 {
        let body = json!({"amount": {"amount": 1, "currency": "HKD"}});
        fixture.post(&payer, TOP_UPS, &new_key(), &body).await;
    }
    let (_, first) = fixture.get(&payer, MOVEMENTS).await;
    let next = first["next_cursor"].as_str().unwrap();
    let (_, second) = fixture.get(&payer, &format!("{MOVEMENTS}?cursor={next}")).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["items"][0]["amount"]["amount"], 20_000);
}

#[tokio::test]
async fn a_wallet_holds_no_more_than_its_limit() {
    let fixture = Fixture::new().await;
    let person = fixture.consumer_with(299_999).await;
    fixture.set_tier(&person, "unverified").await;
    let two_cents = json!({"amount": {"amount": 2, "currency": "HKD"}});
    let (status, problem) = fixture.post(&person, TOP_UPS, &new_key(), &two_cents).await;
    assert_eq!((status, &problem["code"]), (422, &json!("balance-limit-exceeded")));
    assert_eq!(fixture.balance(&person).await, 299_999);
}
