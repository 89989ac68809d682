//! Finding who of an address book is here.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use values::UserId;

use crate::{Fixture, PIN, new_phone};

const MATCHES: &str = "contact-matches";
const FINDABILITY: &str = "users/me/findability";
const LOOKUPS: &str = "phone-lookups";

/// A number of nobody here, each time another one.
fn strangers(count: usize) -> Vec<String> {
    (0..count).map(|_| new_phone()).collect()
}

async fn ask(fixture: &Fixture, token: &str, phones: &[String]) -> (u16, Value) {
    fixture.call("POST", MATCHES, Some(token), Some(&json!({"phones": phones}))).await
}

#[tokio::test]
async fn who_is_here_stands_beside_the_number_as_it_was_asked() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let local = other.phone.strip_prefix("+852").unwrap().to_owned();
    let phones = [
        new_phone(),
        local.clone(),
        "+1 212 555 0100".to_owned(),
        one.phone.clone(),
        "Mum".to_owned(),
    ];
    let found = ask(&fixture, one.access_token(), &phones).await;
    let matches = json!([{"phone": local, "user_id": other.tokens["user_id"]}]);
    assert_eq!(found, (200, json!({"matches": matches})));
    assert_eq!(ask(&fixture, one.access_token(), &[]).await, (200, json!({"matches": []})));
    let (status, problem) = ask(&fixture, one.access_token(), &strangers(201)).await;
    assert_eq!(status, 400, "{problem}");
}

#[tokio::test]
async fn who_does_not_want_to_be_found_by_phone_is_nobody_until_they_do() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let phones = [other.phone.clone(), new_phone()];
    let look_up = json!({"phone": other.phone});
    for is_findable in [true, false, true] {
        let body = json!({"is_findable_by_phone": is_findable});
        let token = Some(other.access_token());
        assert_eq!(fixture.call("PUT", FINDABILITY, token, Some(&body)).await.0, 204);
        let (_, user) = fixture.call("GET", "users/me", token, None).await;
        assert_eq!(user["is_findable_by_phone"], is_findable);
        let (_, found) = ask(&fixture, one.access_token(), &phones).await;
        let count = found["matches"].as_array().unwrap().len();
        assert_eq!(count, usize::from(is_findable));
        let found = fixture.call("POST", LOOKUPS, Some(one.access_token()), Some(&look_up)).await;
        assert_eq!(found.0, if is_findable { 200 } else { 404 });
    }
}

#[tokio::test]
async fn ten_thousand_numbers_are_not_probed_in_a_day_even_at_once_and_an_address_book_is_repeated()
{
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    let numbers = strangers(10_000);
    let requests: Vec<&[String]> = numbers.chunks(200).collect();
    let mut answered = BTreeSet::new();
    let mut refused = 0_u32;
    for eight in requests.chunks(8) {
        let calls = eight.iter().map(|phones| ask(&fixture, one.access_token(), phones));
        for (phones, (status, problem)) in eight.iter().zip(join_all(calls).await) {
            if status == 200 {
                answered.extend(phones.iter().cloned());
                continue;
            }
            assert_eq!((status, &problem["code"]), (429, &json!("lookups-throttled")));
            refused = refused.saturating_add(1);
        }
    }
    assert_eq!((answered.len(), refused), (2_000, 40));
    let again: Vec<String> = answered.into_iter().take(200).collect();
    for _ in 0..3 {
        assert_eq!(ask(&fixture, one.access_token(), &again).await.0, 200);
    }
    assert_eq!(ask(&fixture, one.access_token(), &strangers(1)).await.0, 429);
    assert_eq!(ask(&fixture, other.access_token(), &numbers[..200]).await.0, 200);
}

#[tokio::test]
async fn an_answer_takes_as_long_whoever_is_here() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    for phones in [vec![], vec![other.phone.clone()], strangers(200)] {
        let began = Instant::now();
        assert_eq!(ask(&fixture, one.access_token(), &phones).await.0, 200);
        assert!(began.elapsed() >= Duration::from_millis(150));
    }
}

#[tokio::test]
async fn who_has_a_shop_alone_is_nobody_until_they_log_in_to_the_consumers_app() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.sign_up().await, fixture.sign_up().await);
    // As the business app signs people up.
    let other_id: UserId = other.tokens["user_id"].as_str().unwrap().parse().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "UPDATE sessions SET product = 'business' WHERE user_id = ?";
    conn.exec_drop(sql, (other_id.uuid(),)).await.unwrap();
    let phones = [other.phone.clone()];
    let look_up = json!({"phone": other.phone});
    for (count, status) in [(0, 404), (1, 200)] {
        let (_, found) = ask(&fixture, one.access_token(), &phones).await;
        assert_eq!(found["matches"].as_array().unwrap().len(), count);
        let found = fixture.call("POST", LOOKUPS, Some(one.access_token()), Some(&look_up)).await;
        assert_eq!(found.0, status);
        assert_eq!(fixture.post("sessions", &other.log_in(PIN)).await.0, 201);
    }
}
