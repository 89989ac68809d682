//! A client that lost an answer asks again, and gets the same bytes.

use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Answer, Call, Device};

use crate::{Fixture, PIN, WRONG_PIN, new_phone, registration};

async fn ask(fixture: &Fixture, path: &str, key: &str, body: &Value) -> Answer {
    fixture.send(Call::post(&format!("/api/v1/auth/{path}")).key(key).json(body)).await
}

async fn assert_once(fixture: &Fixture, path: &str, body: &Value) -> Value {
    let first = ask(fixture, path, "key-1", body).await;
    first.expect(201);
    for _ in 0..3 {
        let again = ask(fixture, path, "key-1", body).await;
        assert_eq!((again.status, &again.body), (201, &first.body), "{path}");
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
    }
    first.json()
}

#[tokio::test]
async fn a_sign_up_a_new_device_and_a_log_in_are_made_once_per_key() {
    let fixture = Fixture::new().await;
    let (phone, device) = (new_phone(), Device::new());
    let (challenge_id, code) = fixture.challenge(&phone).await;
    let sign_up = registration(&challenge_id, &code, PIN, &device);
    let tokens = assert_once(&fixture, "users", &sign_up).await;
    assert_eq!(fixture.database.count("users").await, 1);

    let (challenge_id, code) = fixture.challenge(&phone).await;
    let add = registration(&challenge_id, &code, PIN, &Device::new());
    assert_once(&fixture, "devices", &add).await;
    assert_eq!(fixture.database.count("devices").await, 2);

    let person = crate::Person { phone, device, tokens };
    assert_once(&fixture, "sessions", &person.log_in(PIN)).await;
    assert_eq!(fixture.database.count("sessions").await, 3);
}

#[tokio::test]
async fn another_pin_under_the_same_key_is_a_guess_like_any_other() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let mut log_in = person.log_in(PIN);
    ask(&fixture, "sessions", "key-1", &log_in).await.expect(201);
    log_in["pin"] = WRONG_PIN.into();
    let other = ask(&fixture, "sessions", "key-1", &log_in).await;
    other.expect_refusal(422, "pin-invalid");
    // Each is a guess, and is counted.
    for _ in 0..4 {
        ask(&fixture, "sessions", "key-1", &log_in).await.expect_refusal(422, "pin-invalid");
    }
    log_in["pin"] = PIN.into();
    ask(&fixture, "sessions", "key-1", &log_in).await.expect_refusal(429, "pin-locked");
}

#[tokio::test]
async fn tokens_are_given_again_for_ten_minutes_only() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let log_in = person.log_in(PIN);
    ask(&fixture, "sessions", "key-1", &log_in).await.expect(201);
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let age = "UPDATE idempotency_keys SET created_at = created_at - INTERVAL 11 MINUTE";
    conn.query_drop(age).await.unwrap();
    let late = ask(&fixture, "sessions", "key-1", &log_in).await;
    late.expect_refusal(409, "idempotency-key-used-up");
    assert_eq!(fixture.database.count("sessions").await, 2);
}

#[tokio::test]
async fn the_table_of_keys_holds_no_token() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let refresh_token = person.tokens["refresh_token"].as_str().unwrap();
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let sql = "SELECT key_digest, fingerprint, answer FROM idempotency_keys";
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = conn.query(sql).await.unwrap();
    assert_eq!(rows.len(), 1);
    let text = format!("{rows:?} {}", String::from_utf8_lossy(&rows[0].2));
    assert!(!text.contains(refresh_token) && !text.contains("access_token"));
    assert!(rows[0].2.len() > json!(person.tokens).to_string().len());
}
