//! Signing up.

use events::auth::UserRegisteredV1;
use redis::AsyncCommands;
use serde_json::json;
use service::redis::Redis;
use service::{ACCESS_AUDIENCE, AccessClaims, TokenVerifier};
use testkit::{Device, redis_account};
use values::Product;

use crate::{Fixture, PIN, code, new_phone, refused, registration};

#[tokio::test]
async fn who_signs_up_gets_tokens_that_every_service_accepts_and_the_others_are_told() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let tokens = &person.tokens;
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in_seconds"]),
        (&json!("Bearer"), &json!(600))
    );

    let verifier = TokenVerifier::follow(&fixture.auth_url().await).unwrap();
    let claims: AccessClaims =
        verifier.verify(person.access_token(), ACCESS_AUDIENCE).await.unwrap().unwrap();
    assert_eq!(tokens["user_id"], claims.sub.to_string());
    assert_eq!(tokens["device_id"], claims.did.to_string());
    assert_eq!((claims.product, claims.exp - claims.iat), (Product::Consumer, 600));
    assert_eq!(claims.cnf.unwrap().jwk, person.device.key());

    let events = fixture.database.outbox().await;
    let told: UserRegisteredV1 = events[0].decode().unwrap().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(json!(told.user_id), tokens["user_id"]);
    assert_eq!(events[0].subject, told.user_id);
}

#[tokio::test]
async fn the_phone_number_is_told_to_its_owner_and_leaves_the_service_no_other_way() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let token = Some(person.access_token());
    let (status, user) = fixture.call("GET", "users/me", token, None).await;
    assert_eq!((status, &user["phone"]), (200, &json!(person.phone)), "{user}");
    assert_eq!(user["user_id"], person.tokens["user_id"]);
    assert!(user["registered_at"].as_str().unwrap().ends_with('Z'));

    let digits = person.phone.trim_start_matches("+852");
    let events = serde_json::to_string(&fixture.database.outbox().await).unwrap();
    assert!(!events.contains(digits), "{events}");
    let mut redis = Redis::start("TEST", redis_account()).unwrap().connection();
    let keys: Vec<String> = redis.keys("auth:*").await.unwrap();
    assert!(keys.iter().any(|key| key.starts_with("auth:throttle:")));
    assert!(keys.iter().all(|key| !key.contains(digits)), "{keys:?}");

    assert_eq!(fixture.call("DELETE", "sessions/current", token, None).await.0, 204);
    let ended = code(fixture.call("GET", "users/me", token, None).await);
    assert_eq!(ended, refused(401, "invalid-token"));
}

#[tokio::test]
async fn of_two_sign_ups_of_one_phone_at_once_one_succeeds() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (first_id, first_code) = fixture.challenge(&phone).await;
    let (second_id, second_code) = fixture.challenge(&phone).await;
    let first = registration(&first_id, &first_code, PIN, &Device::new());
    let second = registration(&second_id, &second_code, PIN, &Device::new());
    let (one, other) =
        futures_util::join!(fixture.post("users", &first), fixture.post("users", &second));
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    for table in ["users", "devices", "sessions", "outbox"] {
        assert_eq!(fixture.database.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn a_code_that_met_a_registered_phone_told_that_it_was_right_and_is_used_up() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    assert_eq!(fixture.refusal("users", &body).await, refused(409, "phone-already-registered"));
    assert_eq!(fixture.refusal("devices", &body).await, refused(422, "otp-or-pin-invalid"));
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    let (status, tokens) = fixture.post("devices", &body).await;
    assert_eq!((status, &tokens["user_id"]), (201, &person.tokens["user_id"]));
}

#[tokio::test]
async fn a_weak_pin_or_a_key_off_the_curve_is_refused_and_leaves_the_code() {
    let fixture = Fixture::new().await;
    let phone = new_phone();
    let (challenge_id, code) = fixture.challenge(&phone).await;
    let device = Device::new();
    // More than the challenge bears: they are no answers to it.
    for pin in ["123456", "000000", "112233", "730518", "147258", "246810", &phone[6..]] {
        let weak = registration(&challenge_id, &code, pin, &device);
        assert_eq!(fixture.refusal("users", &weak).await, refused(422, "pin-too-weak"));
    }
    let mut foreign = registration(&challenge_id, &code, PIN, &device);
    foreign["device"]["key"]["x"] = foreign["device"]["key"]["y"].clone();
    assert_eq!(fixture.refusal("users", &foreign).await, refused(422, "device-key-invalid"));
    let good = registration(&challenge_id, &code, PIN, &device);
    assert_eq!(fixture.post("users", &good).await.0, 201);
}
