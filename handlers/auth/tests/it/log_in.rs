//! Logging in on known and on new devices.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use events::auth::SessionRevokedV1;
use futures_util::future::join_all;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use testkit::{Call, Device};
use time::{Duration, OffsetDateTime};

use crate::{Fixture, PIN, Person, WRONG_PIN, log_in_at, new_phone, refused, registration};

#[tokio::test]
async fn a_known_device_logs_in_with_its_key_and_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (status, tokens) = fixture.post("sessions", &person.log_in(PIN)).await;
    assert_eq!(status, 201, "{tokens}");
    assert_eq!(tokens["user_id"], person.tokens["user_id"]);
    assert_eq!(tokens["device_id"], person.tokens["device_id"]);
    assert_ne!(tokens["refresh_token"], person.tokens["refresh_token"]);
    let wrong = person.log_in(WRONG_PIN);
    assert_eq!(fixture.refusal("sessions", &wrong).await, refused(422, "pin-invalid"));
}

/// What a device sends to log in to PayMe for Business.
fn log_in_to_business(person: &Person) -> Value {
    let (device_id, mut body) = (person.device_id(), person.log_in(PIN));
    let signed_at = body["signed_at"].as_str().unwrap();
    let text = format!("payme-login-v1\n{device_id}\nbusiness\n{signed_at}");
    body["signature"] = json!(person.device.sign(&text));
    body["product"] = json!("business");
    body
}

#[tokio::test]
async fn a_log_in_ends_the_earlier_login_of_its_product_on_its_device_and_no_other() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let other = fixture.add_device(&person).await;
    let (status, business) = fixture.post("sessions", &log_in_to_business(&person)).await;
    assert_eq!(status, 201, "{business}");
    let backup = person.tokens.clone();
    let person = fixture.log_in(person).await;
    assert_eq!(fixture.renew(&person, &backup).await.0, 422);
    for (who, living) in [(&person, &person.tokens), (&other, &other.tokens), (&person, &business)]
    {
        assert_eq!(fixture.renew(who, living).await.0, 200);
    }
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let reasons = "SELECT end_reason FROM sessions WHERE revoked_at IS NOT NULL";
    assert_eq!(conn.query::<String, _>(reasons).await.unwrap(), ["replaced"]);
    assert_eq!(fixture.database.told::<SessionRevokedV1>().await.len(), 1);
}

#[tokio::test]
async fn of_many_log_ins_of_one_device_at_once_the_last_alone_lives_on() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let now = OffsetDateTime::now_utc();
    // Fewer than lock a PIN, since each counts as wrong until it is found right.
    let bodies: Vec<Value> = (0..4)
        .map(|ms| log_in_at(&person, &person.device, PIN, now + Duration::milliseconds(ms)))
        .collect();
    let log_ins = join_all(bodies.iter().map(|body| fixture.post("sessions", body))).await;
    assert!(log_ins.iter().all(|(status, _)| *status == 201), "{log_ins:?}");
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let living = "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL";
    assert_eq!(conn.query_first(living).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_stale_early_foreign_or_transferred_signature_is_refused() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let now = OffsetDateTime::now_utc();
    let at = |signer: &Device, at| log_in_at(&person, signer, PIN, at);
    let stale = at(&person.device, now - Duration::seconds(62));
    let early = at(&person.device, now + Duration::seconds(65));
    let foreign = at(&Device::new(), now);
    let mut other_product = at(&person.device, now);
    other_product["product"] = json!("business");
    let mut unknown = at(&person.device, now);
    unknown["device_id"] = json!(values::DeviceId::new());
    for (body, code) in [
        (stale, "clock-skew"),
        (early, "clock-skew"),
        (foreign, "signature-invalid"),
        (other_product, "signature-invalid"),
        (unknown, "signature-invalid"),
    ] {
        let refusal = fixture.refusal("sessions", &body).await;
        assert_eq!(refusal, refused(422, code), "{body}");
    }
    assert_eq!(
        fixture.post("sessions", &at(&person.device, now - Duration::seconds(50))).await.0,
        201
    );
}

#[tokio::test]
async fn a_request_that_was_seen_once_is_no_use_for_guessing_the_pin_later() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let long_ago = OffsetDateTime::now_utc() - Duration::minutes(11);
    for _ in 0..6 {
        let seen = log_in_at(&person, &person.device, WRONG_PIN, long_ago);
        assert_eq!(fixture.refusal("sessions", &seen).await, refused(422, "clock-skew"));
    }
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
}

#[tokio::test]
async fn the_time_of_a_log_in_has_one_spelling() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    for signed_at in [
        "",
        "now",
        "1795406706",
        "2026-11-23\n04:05:06.000Z",
        "2026-11-23T04:05:06Z",
        "2026-11-23T04:05:06.0001Z",
        "2026-11-23T12:05:06.000+08:00",
    ] {
        let mut body = person.log_in(PIN);
        body["signed_at"] = json!(signed_at);
        let refusal = fixture.refusal("sessions", &body).await;
        assert_eq!(refusal, refused(400, "invalid-body"), "{signed_at:?}");
    }
}

/// The order of the curve's group, big-endian (SEC 2, secp256r1).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The other signature that anybody can make from a valid one: the order minus `s` for `s`.
fn negated(signature: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for (digit, order) in bytes[32..].iter_mut().zip(ORDER).rev() {
        let (difference, is_below) = order.overflowing_sub(*digit);
        let (difference, is_still_below) = difference.overflowing_sub(borrow);
        borrow = u8::from(is_below || is_still_below);
        *digit = difference;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn a_log_in_proof_is_good_once_whatever_becomes_of_its_signature() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let first = person.log_in(PIN);
    let mut mirrored = first.clone();
    let signature = negated(first["signature"].as_str().unwrap());
    let text = format!("payme-login-v1\n{}\nconsumer\n{}", person.device_id(), {
        first["signed_at"].as_str().unwrap()
    });
    assert!(person.device.key().verify(&text, &signature).is_ok());
    mirrored["signature"] = json!(signature);
    // Whoever mistyped the PIN has not spent the proof.
    let mut mistyped = first.clone();
    mistyped["pin"] = json!(WRONG_PIN);
    assert_eq!(fixture.refusal("sessions", &mistyped).await, refused(422, "pin-invalid"));

    let both = [&first, &mirrored].map(|body| fixture.post("sessions", body));
    let mut statuses: Vec<u16> = join_all(both).await.iter().map(|answer| answer.0).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    for body in [&first, &mirrored] {
        let refusal = fixture.refusal("sessions", body).await;
        assert_eq!(refusal, refused(422, "signature-invalid"));
    }
    assert_eq!(fixture.database.count("sessions").await, 2);
    assert_eq!(fixture.post("sessions", &person.log_in(PIN)).await.0, 201);
}

#[tokio::test]
async fn a_lost_answer_is_given_again_whichever_of_the_two_signatures_asks_for_it() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let first = person.log_in(PIN);
    let mut mirrored = first.clone();
    mirrored["signature"] = json!(negated(first["signature"].as_str().unwrap()));
    let ask = async |body| {
        let ask = Call::post("/api/v1/auth/sessions").key("key-1").json(body);
        fixture.send(ask).await
    };
    let answer = ask(&first).await;
    let again = ask(&mirrored).await;
    assert_eq!((answer.status, &again.body), (201, &answer.body));
    assert_eq!(fixture.database.count("sessions").await, 2);
}

#[tokio::test]
async fn spent_proofs_are_forgotten_once_they_are_too_old_to_be_shown() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let now = OffsetDateTime::now_utc();
    for at in [now, now - Duration::seconds(50)] {
        let body = log_in_at(&person, &person.device, PIN, at);
        assert_eq!(fixture.post("sessions", &body).await.0, 201);
    }
    let mut conn = fixture.database.pool.get_conn().await.unwrap();
    let age = "UPDATE spent_log_in_proofs SET signed_at = signed_at - INTERVAL 560 SECOND";
    conn.query_drop(age).await.unwrap();
    let routes = fixture.routes.clone();
    testkit::call(&routes, "POST", "/auth_do_what_is_due", None, None).await;
    assert_eq!(fixture.database.count("spent_log_in_proofs").await, 1);
}

#[tokio::test]
async fn a_new_device_needs_the_code_and_the_pin() {
    let fixture = Fixture::new().await;
    let person = fixture.sign_up().await;
    let (challenge_id, code) = fixture.challenge(&person.phone).await;
    let device = Device::new();
    let wrong = registration(&challenge_id, &code, WRONG_PIN, &device);
    assert_eq!(fixture.refusal("devices", &wrong).await, refused(422, "otp-or-pin-invalid"));
    let mut right = registration(&challenge_id, &code, PIN, &device);
    right["product"] = json!("business");
    let (status, tokens) = fixture.post("devices", &right).await;
    assert_eq!((status, &tokens["user_id"]), (201, &person.tokens["user_id"]));
    assert_ne!(tokens["device_id"], person.tokens["device_id"]);
    let token = tokens["access_token"].as_str();
    let (_, list) = fixture.call("GET", "devices", token, None).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_phone_without_a_user_cannot_log_in_but_may_sign_up_with_the_same_code() {
    let fixture = Fixture::new().await;
    let (challenge_id, code) = fixture.challenge(&new_phone()).await;
    let body = registration(&challenge_id, &code, PIN, &Device::new());
    assert_eq!(fixture.refusal("devices", &body).await, refused(404, "phone-not-registered"));
    assert_eq!(fixture.post("users", &body).await.0, 201);
}
